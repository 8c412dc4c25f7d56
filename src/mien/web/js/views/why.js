// The explanation of the estimates for a face, which the service computes on demand.

import { attributeName } from "../i18n/attributes.js";
import { list, percent } from "../i18n/formats.js";
import { t } from "../i18n/i18n.js";
import { element } from "./dom.js";
import { failure } from "./problems.js";

/** @typedef {import("../types").Explanation} Explanation */
/** @typedef {import("../types").Importance} Importance */
/** @typedef {import("../types").Shares} Shares */

/**
 * @typedef {object} Why
 * @property {() => Promise<Explanation>} ask Requests the explanation.
 * @property {(error: unknown) => string} failed Handles an error and returns a sentence for it.
 */

/** Maximum number of parts of the face that are named, as in `mien explain`. */
const MAX_NAMED = 2;

/** @type {Record<keyof Shares, string>} */
const PARTS = {
  forehead: "part.forehead",
  eyes: "part.eyes",
  nose: "part.nose",
  mouth: "part.mouth",
  cheeks: "part.cheeks",
  chin: "part.chin",
};

/**
 * Requests the explanation, and makes the element that will show it.
 *
 * @param {Why} why
 */
export function whyAnswer(why) {
  const answer = element("div", { class: "answer", tabindex: "-1", "aria-live": "polite" });
  async function load() {
    answer.replaceChildren(element("p", { class: "quiet small busy" }, t("why.busy")));
    try {
      answer.replaceChildren(...explanationParts(await why.ask()));
    } catch (error) {
      answer.replaceChildren(failure(why.failed(error), again));
    }
  }
  function again() {
    answer.focus(); // the pressed button will be removed
    load();
  }
  load();
  return answer;
}

/** @param {Explanation} explanation */
function explanationParts({ chip, importance }) {
  const looks = Object.entries(importance).map(([name, one]) => look(chip, one, attributeName(name)));
  return [
    element("div", { class: "looks" }, ...looks),
    element("p", { class: "quiet small" }, t("why.means")),
    element("p", { class: "quiet small" }, t("why.means-not")),
  ];
}

/**
 * Shows the important parts of a face in colour.
 *
 * @param {string} chip
 * @param {Importance} importance
 * @param {string} title
 */
function look(chip, { map, shares }, title) {
  const colour = element("div", { class: "look-colour" });
  colour.style.setProperty("mask-image", `url("${map}")`);
  return element(
    "figure",
    { class: "look" },
    element("div", { class: "look-face" }, element("img", { src: chip, alt: "" }), colour),
    element(
      "figcaption",
      {},
      element("span", { class: "label" }, title),
      element("span", { class: "small" }, mainParts(shares)),
    ),
  );
}

/**
 * Returns the names of the most important parts.
 *
 * @param {Shares} shares
 */
function mainParts(shares) {
  const parts = /** @type {[keyof Shares, number][]} */ (Object.entries(shares))
    .filter(([, share]) => share > 0)
    .sort(([, a], [, b]) => b - a)
    .slice(0, MAX_NAMED)
    .map(([part, share]) => `${t(PARTS[part])}\u00a0${percent(share)}`);
  return parts.length > 0 ? t("why.most", { parts: list(parts) }) : t("why.nothing");
}
