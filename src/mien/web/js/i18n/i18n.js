// Languages: one catalogue each, chosen by the browser's preference, switchable, remembered.
// Plurals, numbers, percentages and units are left to the browser's Intl.

/** Languages by their tag, each called as its speakers call it. */
export const LANGUAGES = {
  en: "English",
  de: "Deutsch",
  es: "Español",
  fr: "Français",
  pt: "Português",
  tr: "Türkçe",
  ar: "العربية",
  hi: "हिन्दी",
  ja: "日本語",
  ko: "한국어",
  zh: "中文",
};

/** @typedef {keyof typeof LANGUAGES} Language */
/** @typedef {string | Partial<Record<Intl.LDMLPluralRule, string>>} Entry */

const REMEMBERED = "mien.language";
const RIGHT_TO_LEFT = new Set(["ar"]);

/** @type {Language} */
let language = "en";
/** The tag that Intl gets: the user's own region where the browser names one. */
let locale = "en";
/** @type {Record<string, Entry>} */
let catalogue = {};

/** @returns {Language} */
export function currentLanguage() {
  return language;
}

/** @returns {"ltr" | "rtl"} */
export function direction() {
  return RIGHT_TO_LEFT.has(language) ? "rtl" : "ltr";
}

/**
 * Returns the language to begin with: the remembered one, or the first that the browser asks for.
 *
 * @returns {Language}
 */
export function preferredLanguage() {
  const wishes = [remembered(), ...navigator.languages];
  for (const wish of wishes) {
    const tag = wish.toLowerCase().split("-")[0];
    if (isLanguage(tag)) return tag;
  }
  return "en";
}

/**
 * Loads a language and puts the page into it.
 *
 * @param {Language} tag
 */
export async function useLanguage(tag) {
  const response = await fetch(`locales/${tag}.json`);
  if (!response.ok) throw new Error(`the catalogue ${tag} cannot be loaded`);
  catalogue = await response.json();
  language = tag;
  locale = navigator.languages.find((wish) => wish.toLowerCase().split("-")[0] === tag) ?? tag;
  document.documentElement.lang = tag;
  document.documentElement.dir = direction();
  translate(document);
}

/**
 * Keeps the choice for the next visit.
 *
 * @param {Language} tag
 */
export function rememberLanguage(tag) {
  try {
    localStorage.setItem(REMEMBERED, tag);
  } catch {
    // A browser may forbid it; then the choice lasts as long as the tab.
  }
}

function remembered() {
  try {
    return localStorage.getItem(REMEMBERED) ?? "";
  } catch {
    return "";
  }
}

/**
 * @param {string} tag
 * @returns {tag is Language}
 */
export function isLanguage(tag) {
  return Object.hasOwn(LANGUAGES, tag);
}

/**
 * Returns a text of the catalogue.
 *
 * @param {string} key
 * @param {Record<string, string | number>} values They take the place of `{name}` in the text;
 *     numbers are written in the language's way, and `count` chooses the plural.
 */
export function t(key, values = {}) {
  const entry = catalogue[key];
  if (entry === undefined) throw new Error(`no text ${key} in ${language}`);
  let text;
  if (typeof entry === "string") text = entry;
  else {
    const rule = new Intl.PluralRules(locale).select(Number(values.count));
    text = entry[rule] ?? entry.other ?? "";
  }
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
 * Fills elements that name their texts: `data-t` the content, `data-t-label` the accessible name.
 *
 * @param {ParentNode} root
 */
function translate(root) {
  for (const part of root.querySelectorAll("[data-t]")) {
    part.textContent = t(part.getAttribute("data-t") ?? "");
  }
  for (const part of root.querySelectorAll("[data-t-label]")) {
    part.setAttribute("aria-label", t(part.getAttribute("data-t-label") ?? ""));
  }
}

/**
 * @param {number} value
 * @param {Intl.NumberFormatOptions} options
 */
export function number(value, options = { maximumFractionDigits: 0 }) {
  return new Intl.NumberFormat(locale, options).format(value);
}

/**
 * Writes a probability in whole per cent. It never rounds to certainty.
 *
 * @param {number} probability
 */
export function percent(probability) {
  const options = { style: /** @type {const} */ ("percent"), maximumFractionDigits: 0 };
  if (probability > 0.995) return `> ${number(0.99, options)}`;
  if (probability < 0.005) return `< ${number(0.01, options)}`;
  return number(probability, options);
}

/**
 * Writes a measured share, with one decimal.
 *
 * @param {number} value
 */
export function share(value) {
  return number(value, { style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1 });
}

/**
 * Writes an interval.
 *
 * @param {number} low
 * @param {number} high
 * @param {number} digits After the decimal point.
 */
export function range(low, high, digits = 0) {
  const format = new Intl.NumberFormat(locale, {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  const [from, to] = [low, high].map((end) => Number(end.toFixed(digits)));
  if (from === to) return format.format(from);
  // A line must not end within it.
  return format.formatRange(from, to).replaceAll("–", "\u2060–\u2060");
}

/**
 * Writes an enumeration: "a, b and c".
 *
 * @param {string[]} parts
 */
export function list(parts) {
  return new Intl.ListFormat(locale, { type: "conjunction" }).format(parts);
}

/**
 * Writes a number with its unit.
 *
 * @param {number} value
 * @param {"year" | "millisecond" | "megabyte"} unit
 * @param {number} digits After the decimal point.
 */
export function withUnit(value, unit, digits = 0) {
  const unitDisplay = unit === "year" ? "long" : "short";
  return number(value, { style: "unit", unit, unitDisplay, maximumFractionDigits: digits });
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
