// The figures of the model: how often it is right, and for which people it is wrong most often.

import { attributeName } from "../i18n/attributes.js";
import { list, number, share, withUnit } from "../i18n/formats.js";
import { t } from "../i18n/i18n.js";
import { element } from "./dom.js";

/** @typedef {import("../types").Model} Model */

/** Titles of data sets by their names in the card. */
const DATA_SETS = /** @type {Record<string, string>} */ ({
  utkface: "UTKFace",
  aaf: "All-Age-Faces",
  appareal: "APPA-REAL",
  fairface: "FairFace",
});

// Years in the figures of the card: the limit of a near age, the end of childhood, the begin of old age.
const NEAR = 5;
const CHILDHOOD = 10;
const OLD = 60;
/** The certainty with which the figures of a card are measured. */
const MEASURED_CERTAINTY = 0.98;

/**
 * Figures: the name in the card, the key of the text, the function that writes the value.
 *
 * @type {[string, string, (value: number) => string][]}
 */
const FIGURES = [
  ["mae", "figure.age-error", (value) => withUnit(value, "year", 1)],
  ["mae_60+", "figure.age-error-old", (value) => withUnit(value, "year", 1)],
  ["within_5", "figure.near", share],
  ["age_group_accuracy", "figure.age-group", share],
  ["gender_accuracy", "figure.gender", share],
  ["gender_accuracy_10+", "figure.gender-older", share],
  ["gender_accuracy_0-9", "figure.gender-children", share],
  ["undetermined", "figure.undetermined", share],
  ["decided_accuracy", "figure.decided", share],
];

/** Figures of the people for whom the model is wrong most often. */
const WORST = new Set(["gender_accuracy_0-9", "mae_60+"]);

/**
 * Shows the figures.
 *
 * @param {HTMLElement} container
 * @param {Model} model
 */
export function showFigures(container, model) {
  const sets = Object.entries(/** @type {Record<string, Record<string, number>>} */ (model.metrics));
  const known = FIGURES.filter(([name]) => sets.some(([, values]) => name in values));
  const head = sets.map(([name, values]) =>
    element(
      "th",
      { scope: "col" },
      dataSet(name.split(" ")[0]),
      element("span", { class: "quiet small" }, t("figure.pictures", { count: values.pictures })),
    ),
  );
  const rows = known.map(([name, text, write]) =>
    element(
      "tr",
      { class: WORST.has(name) ? "worst" : "" },
      element("th", { scope: "row" }, t(text, { years: NEAR, age: CHILDHOOD, old: OLD })),
      ...sets.map(([, values]) => element("td", {}, name in values ? write(values[name]) : "–")),
    ),
  );
  container.replaceChildren(
    element(
      "div",
      { class: "wide-table", tabindex: "0", role: "region", "aria-label": t("limits.errs") },
      element(
        "table",
        { class: "figures" },
        element("caption", { class: "visually-hidden" }, t("limits.errs")),
        element("thead", {}, element("tr", {}, element("td"), ...head)),
        element("tbody", {}, ...rows),
      ),
    ),
    element(
      "p",
      { class: "quiet small" },
      t("limits.threshold", { certainty: share(MEASURED_CERTAINTY, 0) }),
    ),
  );
}

/**
 * Shows the name of the model, its attributes and its origin.
 *
 * @param {HTMLElement} container
 * @param {Model} model
 */
export function showModel(container, model) {
  const data = model.data.map((source) =>
    element(
      "span",
      { class: "block" },
      `${dataSet(source.name)} (${t("figure.pictures", { count: source.pictures })}): `,
      element("bdi", { lang: "en" }, source.licence),
    ),
  );
  container.replaceChildren(
    ...fact(t("model.name"), `${model.name} (${model.network})`),
    ...fact(t("model.attributes"), list(model.heads.map(({ name }) => attributeName(name)))),
    ...fact(t("model.parameters"), number(model.parameters)),
    ...fact(t("model.data"), ...data),
    ...fact(t("model.checksum"), element("code", {}, model.sha256)),
  );
}

/**
 * @param {string} name
 * @param {...(string | Node)} values
 */
function fact(name, ...values) {
  return [
    element("dt", {}, name),
    element("dd", {}, ...values.map((value) => element("bdi", {}, value))),
  ];
}

/** @param {string} name */
function dataSet(name) {
  return DATA_SETS[name] ?? name;
}
