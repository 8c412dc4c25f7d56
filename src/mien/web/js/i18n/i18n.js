// The page's texts: a catalogue for each language.

import { number, plural, range, setLocale } from "./formats.js";
import { regionalTag } from "./languages.js";

/** @typedef {import("./languages.js").Language} Language */
/** @typedef {string | Partial<Record<Intl.LDMLPluralRule, string>>} Entry */
/** @typedef {Record<string, Entry>} Catalogue */

const RIGHT_TO_LEFT = new Set(["ar"]);

/** @type {Language} */
let language = "en";
/** @type {Catalogue} */
let catalogue = {};

export function currentLanguage() {
  return language;
}

/** @returns {"ltr" | "rtl"} */
export function direction() {
  return RIGHT_TO_LEFT.has(language) ? "rtl" : "ltr";
}

/**
 * @param {Language} tag
 * @returns {Promise<Catalogue>}
 * @throws {Error} The catalogue cannot be loaded.
 */
export async function loadCatalogue(tag) {
  const response = await fetch(`locales/${tag}.json`);
  if (!response.ok) throw new Error(`the catalogue '${tag}' cannot be loaded`);
  return response.json();
}

/**
 * Sets the language of all texts.
 *
 * @param {Language} tag
 * @param {Catalogue} texts
 * @param {readonly string[]} preferred Tags of the browser's languages, which may name a region.
 */
export function useLanguage(tag, texts, preferred = []) {
  language = tag;
  catalogue = texts;
  setLocale(regionalTag(tag, preferred));
}

/**
 * Returns a text of the catalogue.
 *
 * @param {string} key
 * @param {Record<string, string | number>} values Values for each `{name}` in the text; `count`
 *     decides the plural form.
 */
export function t(key, values = {}) {
  const entry = catalogue[key];
  if (entry === undefined) throw new Error(`the catalogue '${language}' has no text '${key}'`);
  const text =
    typeof entry === "string" ? entry : (entry[plural(Number(values.count))] ?? entry.other ?? "");
  return text.replace(/\{(\w+)\}/g, (_, name) => {
    const value = values[name];
    return typeof value === "number" ? number(value) : isolated(value);
  });
}

/**
 * Isolates a part of a text, so that its writing direction does not change the order of the rest.
 *
 * @param {string} part
 */
function isolated(part) {
  return direction() === "rtl" ? `\u2068${part}\u2069` : part;
}

/**
 * Writes an age group such as `20-29` or `70+`.
 *
 * @param {string} group
 */
export function ageGroup(group) {
  const [low, high] = group.split("-");
  if (high === undefined) return t("group.over", { age: Number.parseInt(low, 10) });
  return range(Number(low), Number(high));
}

/**
 * Translates the texts of the document: `data-t` is the key of a content, `data-t-label` that of an
 * accessible name.
 */
export function translateDocument() {
  document.documentElement.lang = language;
  document.documentElement.dir = direction();
  document.title = t("title");
  for (const part of document.querySelectorAll("[data-t]")) {
    part.textContent = t(part.getAttribute("data-t") ?? "");
  }
  for (const part of document.querySelectorAll("[data-t-label]")) {
    part.setAttribute("aria-label", t(part.getAttribute("data-t-label") ?? ""));
  }
}
