// What is said about one face.

import { ageDistribution, ageScale } from "../drawing/age-scale.js";
import { element } from "./dom.js";
import { ageGroup, number, percent, range, t } from "../i18n/i18n.js";
import { GENDER_TEXTS } from "../drawing/overlay.js";
import { whyAnswer } from "./why.js";

/** @typedef {import("../types").Age} Age */
/** @typedef {import("../types").Face} Face */
/** @typedef {import("../types").Gender} Gender */
/** @typedef {import("./why.js").Why} Why */

// As in `mien analyze`, so that the page and the command line warn of the same faces.
const SMALL = 40; // pixels
const BLURRED = 0.2;
const TURNED = 0.4;
/** What the question for an age begins with. */
const OF_AGE = 18;

/**
 * Makes a face's card.
 *
 * @param {Face} face
 * @param {string} title
 * @param {Why | null} why Where it can be asked; those of a stream change while one reads them.
 * @returns {HTMLElement}
 */
export function faceCard(face, title, why = null) {
  const heading = element("h3", { class: "card-title" }, title);
  const chip = face.chip ? element("img", { class: "chip", src: face.chip, alt: "" }) : null;
  const card = element("article", { class: "card", tabindex: "-1", "aria-label": title });
  const { age, gender } = face;
  if (age === null || gender === null) {
    card.append(heading, element("p", { class: "quiet" }, t("face.not-yet")));
    return card;
  }
  card.append(
    element("header", { class: "card-head" }, chip, ageFigure(age, heading)),
    ageScale(age),
    genderFigure(gender),
    hintList(face),
  );
  if (age.distribution) card.append(questions(age, age.distribution, title, why));
  return card;
}

/**
 * @param {Age} age
 * @param {HTMLElement} heading
 */
function ageFigure(age, heading) {
  return element(
    "div",
    { class: "age" },
    heading,
    element(
      "p",
      { class: "age-line" },
      element("span", { class: "visually-hidden" }, `${t("face.age")}: `),
      element("span", { class: "age-years" }, number(Math.round(age.years))),
      element(
        "span",
        { class: "age-words" },
        element("span", { class: "label", "aria-hidden": "true" }, t("face.age")),
        element("span", {}, t("face.interval", { range: range(age.low, age.high) })),
      ),
    ),
  );
}

/** @param {Gender} gender */
function genderFigure(gender) {
  const { label } = gender;
  const said =
    label === "undetermined"
      ? element("strong", {}, t(GENDER_TEXTS.undetermined))
      : element("strong", {}, `${t(GENDER_TEXTS[label])} ${percent(gender[label])}`);
  const both = t("gender.both", { female: percent(gender.female), male: percent(gender.male) });
  const bar = element("div", { class: "share", "data-label": label, "aria-hidden": "true" });
  bar.style.setProperty("--female-share", `${100 * gender.female}%`);
  bar.append(element("span", { class: "share-female" }), element("span", { class: "share-male" }));
  return element(
    "div",
    { class: "gender" },
    element(
      "p",
      { class: "gender-line" },
      element("span", { class: "label" }, t("face.gender")),
      said,
    ),
    bar,
    label === "undetermined" && element("p", { class: "quiet small" }, both),
  );
}

/** @param {Face} face */
function hintList(face) {
  const { quality } = face;
  const hints = [];
  if (!face.aligned) hints.push(t("hint.not-aligned"));
  if (quality) {
    if (quality.size < SMALL) hints.push(t("hint.small"));
    if (quality.sharpness < BLURRED) hints.push(t("hint.blurred"));
    if (quality.frontality !== null && quality.frontality < TURNED) hints.push(t("hint.turned"));
  }
  if (hints.length === 0) return "";
  const items = hints.map((hint) => element("li", { class: "hint" }, hint));
  return element("ul", { class: "hints", "aria-label": t("hint.title") }, ...items);
}

/**
 * What is shown to those who ask: a row of questions, and the answers that are open below it.
 *
 * @param {Age} age
 * @param {number[]} distribution
 * @param {string} title
 * @param {Why | null} why
 */
function questions(age, distribution, title, why) {
  const row = element("div", { class: "questions" });
  const answers = element("div", { class: "answers" });
  addQuestion(row, answers, t("ask.distribution"), title, () => distributionAnswer(age, distribution));
  const eighteen = t("ask.at-least", { age: OF_AGE });
  addQuestion(row, answers, eighteen, title, () => atLeastAnswer(distribution));
  if (why) addQuestion(row, answers, t("why.ask"), title, () => whyAnswer(why));
  return element("footer", { class: "card-foot" }, row, answers);
}

/**
 * @param {HTMLElement} row
 * @param {HTMLElement} answers
 * @param {string} text
 * @param {string} title Of the card; the same question is asked of every face.
 * @param {() => HTMLElement} answer Made when it is asked for, and kept.
 */
function addQuestion(row, answers, text, title, answer) {
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
  row.append(button);
}

/**
 * @param {Age} age
 * @param {number[]} distribution
 */
function distributionAnswer(age, distribution) {
  const likely = Object.entries(age.group_probabilities)
    .sort(([, a], [, b]) => b - a)
    .filter(([, p]) => p >= 0.05)
    .slice(0, 3);
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

/** @param {number[]} distribution */
function atLeastAnswer(distribution) {
  const slider = element("input", {
    type: "range",
    min: "1",
    max: "99",
    value: String(OF_AGE),
    "aria-label": t("ask.age"),
    input: show,
  });
  const said = element("output", { class: "at-least" });
  function show() {
    const years = Number(slider.value);
    const sum = distribution.slice(years).reduce((total, p) => total + p, 0);
    said.replaceChildren(
      element("span", {}, t("ask.looks-at-least", { age: years })),
      element("strong", {}, percent(Math.min(1, sum))),
    );
  }
  show();
  return element(
    "div",
    { class: "answer" },
    said,
    slider,
    element("p", { class: "quiet small" }, t("ask.not-for-deciding")),
  );
}
