// Texts of attributes, labels and estimates. An attribute without texts in the catalogue is shown
// with the texts of the model.

import { UNDETERMINED } from "../api/answers.js";
import { number, percent, range } from "./formats.js";
import { t } from "./i18n.js";

/** @typedef {import("../api/answers.js").Estimate} Estimate */

/** @type {Record<string, string>} */
const NAMES = {
  age: "face.age",
  gender: "face.gender",
  ethnicity: "face.ethnicity",
};

/** @type {Record<string, Record<string, string>>} */
const LABELS = {
  gender: { female: "gender.female", male: "gender.male" },
  ethnicity: {
    White: "ethnicity.white",
    Black: "ethnicity.black",
    Asian: "ethnicity.asian",
    Indian: "ethnicity.indian",
    Other: "ethnicity.other",
  },
};

/** Notices of the models that come with mien. @type {Record<string, string>} */
const NOTICES = {
  "An apparent ethnicity is a guess by looks. It says nothing about a person's origin, and laws restrict its use in many places.":
    "ethnicity.notice",
};

/** @param {string} name */
export function attributeName(name) {
  return translated(NAMES, name);
}

/**
 * @param {string} attribute
 * @param {string} label
 */
export function labelName(attribute, label) {
  if (label === UNDETERMINED) return t("label.undetermined");
  return translated(LABELS[attribute] ?? {}, label);
}

/** @param {string} notice Notice of the model. */
export function noticeText(notice) {
  return translated(NOTICES, notice);
}

/**
 * Returns an estimate as a short text: "female 99%", "leans female 92%", "27 (22–33)".
 *
 * @param {string} attribute
 * @param {Estimate} estimate
 */
export function estimateText(attribute, estimate) {
  if (estimate.kind === "distribution") {
    return `${number(estimate.years)} (${range(estimate.low, estimate.high)})`;
  }
  const { label, leaning, probabilities } = estimate;
  const named = label === UNDETERMINED ? leaning : label;
  if (named === null) return labelName(attribute, UNDETERMINED);
  const name = labelName(attribute, named);
  const text = label === UNDETERMINED ? t("label.leans", { label: name }) : name;
  return `${text} ${percent(probabilities[named])}`;
}

/**
 * @param {Record<string, string>} texts
 * @param {string} name
 */
function translated(texts, name) {
  return Object.hasOwn(texts, name) ? t(texts[name]) : name;
}
