// The audience: people by age group and gender presentation, as sums of probabilities.
//
// Someone who presents as female with probability 0.7 counts 0.7 there and 0.3 on the other side. The
// interval of such a sum follows from its variance, the sum of p (1 - p) over the people, exactly
// as in `mien watch --summary`.

import { element, icon } from "./dom.js";
import { ageGroup, number, percent, range, t } from "../i18n/i18n.js";
import { GENDER_TEXTS } from "../drawing/overlay.js";

/** @typedef {import("../types").Expected} Expected */
/** @typedef {import("../types").Face} Face */
/** @typedef {import("../types").Summary} Summary */

const ONE_DIGIT = { minimumFractionDigits: 1, maximumFractionDigits: 1 };
/** Share of a chart's width below which an interval is not drawn. */
const LEAST_DRAWN = 0.01;
/** Share of such sums that the interval holds. */
const LEVEL = 0.8;
/** So many deviations hold it in the normal distribution. */
const DEVIATIONS = 1.2816;

/**
 * Sums up the faces of pictures. Someone who is in two of them counts twice.
 *
 * @param {Face[]} faces
 * @returns {Summary}
 */
export function summarize(faces) {
  const groups = Object.keys(faces[0]?.age?.group_probabilities ?? {});
  const count = faces.length;
  return {
    people: { people: count, low: count, high: count },
    by_group: Object.fromEntries(
      groups.map((group) => [
        group,
        expected(faces.map((face) => face.age?.group_probabilities[group] ?? 0)),
      ]),
    ),
    by_gender: {
      female: expected(faces.map((face) => face.gender?.female ?? 0)),
      male: expected(faces.map((face) => face.gender?.male ?? 0)),
    },
  };
}

/**
 * @param {number[]} shares Probabilities of independent people.
 * @returns {Expected}
 */
function expected(shares) {
  const people = shares.reduce((sum, p) => sum + p, 0);
  const spread = DEVIATIONS * Math.sqrt(shares.reduce((sum, p) => sum + p * (1 - p), 0));
  return {
    people,
    low: Math.max(0, people - spread),
    high: Math.min(shares.length, people + spread),
  };
}

/**
 * Draws a summary.
 *
 * @param {Summary} summary
 * @param {"faces" | "people"} kind What was counted.
 * @param {(summary: Summary) => void} save
 * @returns {HTMLElement}
 */
export function summaryPanel(summary, kind, save) {
  const count = Math.round(summary.people.people);
  const counted = kind === "faces" ? t("picture.faces", { count }) : t("audience.people", { count });
  const longest = Math.max(
    1,
    ...[...Object.values(summary.by_group), ...Object.values(summary.by_gender)].map(
      ({ high }) => high,
    ),
  );
  const ages = Object.entries(summary.by_group).map(([group, cell]) =>
    row(ageGroup(group), cell, longest, "age"),
  );
  const genders = [
    row(t(GENDER_TEXTS.female), summary.by_gender.female, longest, "female"),
    row(t(GENDER_TEXTS.male), summary.by_gender.male, longest, "male"),
  ];
  return element(
    "section",
    { class: "audience panel", "aria-label": t("audience.title") },
    element(
      "header",
      { class: "picture-head" },
      element(
        "div",
        { class: "picture-name" },
        element("h2", {}, t("audience.title")),
        element("p", { class: "quiet small" }, counted),
      ),
      element(
        "button",
        { type: "button", class: "button small", click: () => save(summary) },
        icon("save"),
        t("audience.save"),
      ),
    ),
    element(
      "div",
      { class: "charts" },
      chart(t("audience.by-age"), ages),
      chart(t("audience.by-gender"), genders),
    ),
    element(
      "p",
      { class: "quiet small" },
      t(kind === "faces" ? "audience.of-faces" : "audience.of-people", { level: percent(LEVEL) }),
    ),
  );
}

/**
 * @param {string} title
 * @param {HTMLElement[]} rows
 */
function chart(title, rows) {
  return element(
    "table",
    { class: "chart" },
    element("caption", { class: "label" }, title),
    element(
      "thead",
      { class: "visually-hidden" },
      element(
        "tr",
        {},
        ...[title, t("audience.expected"), t("audience.interval", { level: percent(LEVEL) })].map((name) =>
          element("th", { scope: "col" }, name),
        ),
      ),
    ),
    element("tbody", {}, ...rows),
  );
}

/**
 * @param {string} name
 * @param {Expected} cell
 * @param {number} longest
 * @param {"age" | "female" | "male"} kind
 */
function row(name, cell, longest, kind) {
  const bar = element("span", { class: `bar bar-${kind}` });
  bar.style.setProperty("inline-size", `${(100 * cell.people) / longest}%`);
  const extent = (cell.high - cell.low) / longest;
  const whisker = element("span", { class: "whisker", hidden: extent < LEAST_DRAWN });
  whisker.style.setProperty("inset-inline-start", `${(100 * cell.low) / longest}%`);
  whisker.style.setProperty("inline-size", `${100 * extent}%`);
  return element(
    "tr",
    {},
    element("th", { scope: "row" }, name),
    element(
      "td",
      { class: "bar-cell" },
      element("span", { class: "bar-place", "aria-hidden": "true" }, bar, whisker),
      element("strong", {}, number(cell.people, ONE_DIGIT)),
    ),
    element("td", { class: "quiet interval-cell" }, range(cell.low, cell.high, 1)),
  );
}
