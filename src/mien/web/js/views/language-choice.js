// The choice of the page's language.

import { currentLanguage, loadCatalogue, t, translateDocument, useLanguage } from "../i18n/i18n.js";
import { isLanguage, LANGUAGES, preferredLanguage, rememberLanguage } from "../i18n/languages.js";
import { byId, element } from "./dom.js";

/** @typedef {import("../i18n/languages.js").Language} Language */

export class LanguageChoice {
  /** @param {() => void} changed Called after the texts of the document were translated. */
  constructor(changed) {
    this.#changed = changed;
    for (const [tag, name] of Object.entries(LANGUAGES)) {
      this.#select.append(element("option", { value: tag, lang: tag }, name));
    }
    this.#select.addEventListener("change", () => this.#chosen());
  }

  #changed;
  #select = byId("language", HTMLSelectElement);
  #problem = byId("language-problem", HTMLElement);

  /**
   * Begins with the preferred language, or with English if it cannot be loaded.
   *
   * @returns {Promise<boolean>} Whether a language could be loaded.
   */
  async start() {
    const preferred = preferredLanguage();
    if (await this.#use(preferred)) return true;
    if (!(await this.#use("en"))) return false;
    this.#showMissing(preferred);
    return true;
  }

  async #chosen() {
    const tag = this.#select.value;
    if (!isLanguage(tag)) return;
    if (await this.#use(tag)) rememberLanguage(tag);
    else this.#showMissing(tag);
  }

  /**
   * @param {Language} tag
   * @returns {Promise<boolean>} Whether the language could be loaded.
   */
  async #use(tag) {
    try {
      useLanguage(tag, await loadCatalogue(tag), navigator.languages);
    } catch {
      return false;
    }
    this.#problem.hidden = true;
    this.#select.value = tag;
    translateDocument();
    this.#changed();
    return true;
  }

  /** @param {Language} missing The language that cannot be loaded. */
  #showMissing(missing) {
    this.#select.value = currentLanguage();
    byId("language-problem-text", HTMLElement).textContent = t("language.missing", {
      language: LANGUAGES[missing],
    });
    this.#problem.hidden = false;
  }
}
