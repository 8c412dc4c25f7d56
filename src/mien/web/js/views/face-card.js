// The card of a face.

import { ageOf, byProbability, genderOf, othersOf, UNDETERMINED } from "../api/answers.js";
import { ageScale } from "../drawing/age-scale.js";
import { attributeName, estimateText, labelName } from "../i18n/attributes.js";
import { list, number, percent, range } from "../i18n/formats.js";
import { t } from "../i18n/i18n.js";
import { element } from "./dom.js";
import { questions } from "./questions.js";

/** @typedef {import("../api/answers.js").Estimate} Estimate */
/** @typedef {import("../types").AgeEstimate} AgeEstimate */
/** @typedef {import("../types").Face} Face */
/** @typedef {import("../types").LabelEstimate} LabelEstimate */
/** @typedef {import("../types").TrackedFace} TrackedFace */
/** @typedef {import("./why.js").Why} Why */

/** Maximum number of labels that are named instead of an undetermined one. */
const MAX_NAMED = 3;
/** Minimum probability of such a label. */
const MIN_PROBABILITY = 0.01;

/** @type {Record<string, string>} */
const HINTS = {
  small: "hint.small",
  blurred: "hint.blurred",
  turned: "hint.turned",
  rotated: "hint.rotated",
  unusual: "hint.unusual",
};

/**
 * Makes the card of a face.
 *
 * @param {Face | TrackedFace} face
 * @param {string} title
 * @param {Why | null} why How the face is explained; null for the faces of a stream, which change
 *     too fast.
 * @returns {HTMLElement}
 */
export function faceCard(face, title, why = null) {
  const card = element("article", { class: "card", tabindex: "-1", "aria-label": title });
  const heading = element("h3", { class: "card-title" }, title);
  if (Object.keys(face.attributes).length === 0) {
    card.append(heading, element("p", { class: "quiet" }, t("face.not-yet")));
    return card;
  }
  const [age, gender] = [ageOf(face), genderOf(face)];
  const chip = "chip" in face && face.chip;
  card.append(
    element(
      "header",
      { class: "card-head" },
      chip ? element("img", { class: "chip", src: chip, alt: "" }) : null,
      element("div", { class: "age" }, heading, age && ageLine(age)),
    ),
  );
  if (age) card.append(ageScale(age));
  if (gender) card.append(genderFigure(gender));
  for (const [name, estimate] of othersOf(face)) card.append(attributeFigure(name, estimate));
  const hints = hintsOf(face);
  if (hints.length > 0) {
    const items = hints.map((hint) => element("li", { class: "hint" }, hint));
    card.append(element("ul", { class: "hints", "aria-label": t("hint.title") }, ...items));
  }
  const footer = questions(age, title, why);
  if (footer) card.append(footer);
  return card;
}

/** @param {AgeEstimate} age */
function ageLine(age) {
  return element(
    "p",
    { class: "age-line" },
    element("span", { class: "visually-hidden" }, `${attributeName("age")}: `),
    element("span", { class: "age-years" }, number(age.years)),
    element(
      "span",
      { class: "age-words" },
      element("span", { class: "label", "aria-hidden": "true" }, attributeName("age")),
      element("span", {}, t("face.interval", { range: range(age.low, age.high) })),
    ),
  );
}

/** @param {LabelEstimate} gender */
function genderFigure(gender) {
  const { female, male } = gender.probabilities;
  if (female === undefined || male === undefined) return attributeFigure("gender", gender);
  const bar = element("div", { class: "share", "data-label": gender.label, "aria-hidden": "true" });
  bar.style.setProperty("--female-share", `${100 * female}%`);
  bar.append(element("span", { class: "share-female" }), element("span", { class: "share-male" }));
  return attributeFigure("gender", gender, bar);
}

/**
 * Shows an attribute of any name.
 *
 * @param {string} name
 * @param {Estimate} estimate
 * @param {HTMLElement | null} bar Chart of its probabilities.
 */
function attributeFigure(name, estimate, bar = null) {
  const undecided = estimate.kind === "label" && estimate.label === UNDETERMINED;
  return element(
    "div",
    { class: "attribute", "data-attribute": name },
    element(
      "p",
      { class: "attribute-line" },
      element("span", { class: "label" }, attributeName(name)),
      element("strong", {}, estimateText(name, estimate)),
    ),
    bar,
    undecided && element("p", { class: "quiet small possible" }, possibleLabels(name, estimate)),
  );
}

/**
 * @param {string} name
 * @param {LabelEstimate} estimate
 */
function possibleLabels(name, estimate) {
  const labels = byProbability(estimate)
    .filter(([, probability]) => probability >= MIN_PROBABILITY)
    .slice(0, MAX_NAMED)
    .map(([label, probability]) => `${labelName(name, label)}\u00a0${percent(probability)}`);
  return t("label.possible", { labels: list(labels) });
}

/** @param {Face | TrackedFace} face */
function hintsOf(face) {
  const hints = (face.quality?.hints ?? []).map((hint) => (HINTS[hint] ? t(HINTS[hint]) : hint));
  return "aligned" in face && !face.aligned ? [t("hint.not-aligned"), ...hints] : hints;
}
