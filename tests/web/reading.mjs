// Helpers of several tests: the catalogues of the page, and faces as in answers of the service.

import { readFileSync } from "node:fs";

import { useLanguage } from "../../src/mien/web/js/i18n/i18n.js";
import { LANGUAGES } from "../../src/mien/web/js/i18n/languages.js";

const LOCALES = new URL("../../src/mien/web/locales/", import.meta.url);

export const TAGS = Object.keys(LANGUAGES);

export function loadLanguage(tag, preferred = []) {
  useLanguage(tag, JSON.parse(readFileSync(new URL(`${tag}.json`, LOCALES), "utf-8")), preferred);
}

export function label(probabilities, label, leaning = null) {
  return { kind: "label", label, leaning, probabilities };
}

export function female(probability, certain = true) {
  const probabilities = { male: 1 - probability, female: probability };
  const likely = probability > 0.5 ? "female" : "male";
  const leaning = Math.max(probability, 1 - probability) >= 0.8 ? likely : null;
  return label(probabilities, certain ? likely : "undetermined", leaning);
}

export function age(years, groups = { "20-29": 1 }) {
  return {
    kind: "distribution",
    years,
    low: years - 5.2,
    high: years + 6.3,
    group: Object.keys(groups)[0],
    group_probabilities: groups,
    at_least: { 13: 1, 18: 0.98, 21: 0.9, 25: 0.7, 65: 0 },
  };
}

export function face(attributes, members = {}) {
  return {
    box: { x: 10, y: 20, width: 30, height: 40 },
    landmarks: null,
    score: 0.9,
    aligned: true,
    quality: { size: 30, sharpness: 0.8, frontality: null, rotation: null, hints: ["small", "blurred"] },
    attributes,
    ...members,
  };
}
