// The languages of the page, and the one to begin with.

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

const REMEMBERED = "mien.language";

/**
 * @param {string} tag
 * @returns {tag is Language}
 */
export function isLanguage(tag) {
  return Object.hasOwn(LANGUAGES, tag);
}

/**
 * Returns the first of some tags, such as `de-AT`, that is a language of the page.
 *
 * @param {readonly string[]} tags
 * @returns {Language}
 */
export function firstLanguage(tags) {
  return tags.map(baseTag).find(isLanguage) ?? "en";
}

/**
 * Returns the tag for numbers in a language: with the user's own region where one is named.
 *
 * @param {Language} language
 * @param {readonly string[]} tags
 */
export function regionalTag(language, tags) {
  return tags.find((tag) => baseTag(tag) === language) ?? language;
}

/** Returns the language to begin with: the remembered one, or the one that the browser prefers. */
export function preferredLanguage() {
  return firstLanguage([remembered(), ...navigator.languages]);
}

/**
 * Keeps the choice for the next visit.
 *
 * @param {Language} language
 */
export function rememberLanguage(language) {
  try {
    localStorage.setItem(REMEMBERED, language);
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

/** @param {string} tag */
function baseTag(tag) {
  return tag.toLowerCase().split("-")[0];
}
