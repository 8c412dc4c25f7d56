// The questions of a card: a row of buttons, and the opened answers below it.

import { ageDistribution } from "../drawing/age-scale.js";
import { percent } from "../i18n/formats.js";
import { ageGroup, t } from "../i18n/i18n.js";
import { element } from "./dom.js";
import { whyAnswer } from "./why.js";

/** @typedef {import("../types").AgeEstimate} AgeEstimate */
/** @typedef {import("./why.js").Why} Why */

/** Age in years at which the question for an age begins. */
const OF_AGE = 18;
/** Maximum number of age groups that are named. */
const MAX_GROUPS = 3;
/** Minimum probability of such an age group. */
const MIN_PROBABILITY = 0.05;

/**
 * Makes the questions and answers of a card.
 *
 * @param {AgeEstimate | null} age
 * @param {string} title Title of the card, which distinguishes its buttons from those of other cards.
 * @param {Why | null} why
 * @returns {HTMLElement | null} Null if there is no question.
 */
export function questions(age, title, why) {
  const row = element("div", { class: "questions" });
  const answers = element("div", { class: "answers" });
  const distribution = age?.distribution;
  const older = age?.older;
  if (age && distribution && older) {
    const eighteen = t("ask.at-least", { age: OF_AGE });
    row.append(
      question(answers, t("ask.distribution"), title, () => distributionAnswer(age, distribution)),
      question(answers, eighteen, title, () => atLeastAnswer(older)),
    );
  }
  if (why) row.append(question(answers, t("why.ask"), title, () => whyAnswer(why)));
  return row.hasChildNodes() ? element("footer", { class: "card-foot" }, row, answers) : null;
}

/**
 * @param {HTMLElement} answers
 * @param {string} text
 * @param {string} title
 * @param {() => HTMLElement} answer Makes the answer when the question is opened for the first time.
 */
function question(answers, text, title, answer) {
  /** @type {HTMLElement | null} */
  let made = null;
  const button = element(
    "button",
    {
      type: "button",
      class: "question",
      "aria-expanded": "false",
      "aria-label": `${text} (${title})`,
      click: () => {
        made ??= answer();
        const open = !made.isConnected;
        if (open) answers.append(made);
        else made.remove();
        button.setAttribute("aria-expanded", String(open));
      },
    },
    text,
  );
  return button;
}

/**
 * @param {AgeEstimate} age
 * @param {number[]} distribution
 */
function distributionAnswer(age, distribution) {
  const likely = Object.entries(age.group_probabilities)
    .sort(([, a], [, b]) => b - a)
    .filter(([, p]) => p >= MIN_PROBABILITY)
    .slice(0, MAX_GROUPS);
  const rows = likely.map(([group, p]) =>
    element("li", {}, element("span", {}, ageGroup(group)), element("strong", {}, percent(p))),
  );
  return element(
    "div",
    { class: "answer" },
    ageDistribution(distribution, age),
    element("p", { class: "label" }, t("ask.groups")),
    element("ul", { class: "pairs" }, ...rows),
  );
}

/** @param {number[]} older Probability of looking each age 0..100 or older. */
function atLeastAnswer(older) {
  const slider = element("input", {
    type: "range",
    min: "1",
    max: "99",
    value: String(OF_AGE),
    "aria-label": t("ask.age"),
    input: show,
  });
  const output = element("output", { class: "at-least" });
  function show() {
    const years = Number(slider.value);
    output.replaceChildren(
      element("span", {}, t("ask.looks-at-least", { age: years })),
      element("strong", {}, percent(older[years])),
    );
  }
  show();
  return element(
    "div",
    { class: "answer" },
    output,
    slider,
    element("p", { class: "quiet small" }, t("ask.not-for-deciding")),
  );
}
