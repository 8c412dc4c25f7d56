// The languages of the page, and the language at the beginning.

/** Names of the languages by their tag, each in its own language. */
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

const REMEMBERED = "mien.language";

/**
 * @param {string} tag
 * @returns {tag is Language}
 */
export function isLanguage(tag) {
  return Object.hasOwn(LANGUAGES, tag);
}

/**
 * Returns the language of the first tag, such as `de-AT`, that the page has; else English.
 *
 * @param {readonly string[]} tags
 * @returns {Language}
 */
export function firstLanguage(tags) {
  return tags.map(baseTag).find(isLanguage) ?? "en";
}

/**
 * Returns the tag for numbers in a language, with the user's region if a tag names one.
 *
 * @param {Language} language
 * @param {readonly string[]} tags
 */
export function regionalTag(language, tags) {
  return tags.find((tag) => baseTag(tag) === language) ?? language;
}

/** Returns the language at the beginning: the remembered one, or that of the browser. */
export function preferredLanguage() {
  return firstLanguage([remembered(), ...navigator.languages]);
}

/**
 * Remembers the chosen language for the next visit.
 *
 * @param {Language} language
 */
export function rememberLanguage(language) {
  try {
    localStorage.setItem(REMEMBERED, language);
  } catch {
    // The browser may forbid storage; the choice then lasts as long as the tab.
  }
}

function remembered() {
  try {
    return localStorage.getItem(REMEMBERED) ?? "";
  } catch {
    return "";
  }
}

/** @param {string} tag */
function baseTag(tag) {
  return tag.toLowerCase().split("-")[0];
}
