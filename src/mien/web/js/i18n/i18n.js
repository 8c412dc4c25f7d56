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
 * @throws {Error} The service does not give it.
 */
export async function loadCatalogue(tag) {
  const response = await fetch(`locales/${tag}.json`);
  if (!response.ok) throw new Error(`the catalogue ${tag} cannot be loaded`);
  return response.json();
}

/**
 * Takes a language for all texts from now on.
 *
 * @param {Language} tag
 * @param {Catalogue} texts
 * @param {readonly string[]} preferred What the browser asks for, which may name a region.
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
 * @param {Record<string, string | number>} values They replace `{name}` in the text; numbers are
 *     written as the language does, and `count` chooses the plural.
 */
export function t(key, values = {}) {
  const entry = catalogue[key];
  if (entry === undefined) throw new Error(`no text ${key} in ${language}`);
  const text =
    typeof entry === "string" ? entry : (entry[plural(Number(values.count))] ?? entry.other ?? "");
  return text.replace(/\{(\w+)\}/g, (_, name) => {
    const value = values[name];
    return typeof value === "number" ? number(value) : isolated(value);
  });
}

/**
 * Keeps a part that may be written in the other direction from reordering what is around it.
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

/** Puts the document's own texts into the language: `data-t` names the content, `data-t-label` the
 * accessible name. */
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
