// Charts of the audience: people by age group and gender presentation.

import { labelName } from "../i18n/attributes.js";
import { number, percent, range } from "../i18n/formats.js";
import { ageGroup, t } from "../i18n/i18n.js";
import { element, icon } from "./dom.js";

/** @typedef {import("../types").Expected} Expected */
/** @typedef {import("../types").Summary} Summary */

/** Probability that an interval of the audience contains the true number. */
const LEVEL = 0.8;
/** Minimum width of a drawn interval, as a share of the chart's width. */
const MIN_EXTENT = 0.01;

/**
 * Draws a summary.
 *
 * @param {Summary} summary
 * @param {"faces" | "people"} kind Whether faces of pictures or people of a stream were counted.
 * @param {(summary: Summary) => void} save
 * @returns {HTMLElement | null} Null if the model predicts neither ages nor gender presentations.
 */
export function summaryPanel(summary, kind, save) {
  const count = Math.round(summary.people.people);
  const counted = kind === "faces" ? t("picture.faces", { count }) : t("audience.people", { count });
  const cells = [...Object.values(summary.by_group), ...Object.values(summary.by_gender)];
  if (cells.length === 0) return null;
  const longest = Math.max(1, ...cells.map(({ high }) => high));
  const ages = Object.entries(summary.by_group).map(([group, cell]) =>
    row(ageGroup(group), cell, longest, "age"),
  );
  const genders = Object.entries(summary.by_gender).map(([gender, cell]) =>
    row(labelName("gender", gender), cell, longest, gender),
  );
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
      ages.length > 0 && chart(t("audience.by-age"), ages),
      genders.length > 0 && chart(t("audience.by-gender"), genders),
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
 * @param {number} longest Number of people at the end of the chart.
 * @param {string} kind Kind of the bar: `age`, or the gender presentation.
 */
function row(name, cell, longest, kind) {
  const bar = element("span", { class: `bar bar-${kind}` });
  bar.style.setProperty("inline-size", `${(100 * cell.people) / longest}%`);
  const extent = (cell.high - cell.low) / longest;
  const whisker = element("span", { class: "whisker", hidden: extent < MIN_EXTENT });
  whisker.style.setProperty("inset-inline-start", `${(100 * cell.low) / longest}%`);
  whisker.style.setProperty("inline-size", `${100 * extent}%`);
  return element(
    "tr",
    {},
    element("th", { scope: "row" }, name),
    element(
      "td",
      { class: "bar-cell" },
      element("span", { class: "bar-track", "aria-hidden": "true" }, bar, whisker),
      element("strong", {}, number(cell.people, 1)),
    ),
    element("td", { class: "quiet interval-cell" }, range(cell.low, cell.high, 1)),
  );
}
