// The choice of the page's language.

import { currentLanguage, loadCatalogue, t, translateDocument, useLanguage } from "../i18n/i18n.js";
import { isLanguage, LANGUAGES, preferredLanguage, rememberLanguage } from "../i18n/languages.js";
import { byId, element } from "./dom.js";

/** @typedef {import("../i18n/languages.js").Language} Language */

export class LanguageChoice {
  /** @param {() => void} changed Told after the texts of the document itself were changed. */
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
   * Begins with the language that the user prefers, or with English if it cannot be loaded.
   *
   * @returns {Promise<boolean>} Whether the page has a language now.
   */
  async start() {
    const preferred = preferredLanguage();
    if (await this.#use(preferred)) return true;
    if (!(await this.#use("en"))) return false;
    this.#tell(preferred);
    return true;
  }

  async #chosen() {
    const tag = this.#select.value;
    if (!isLanguage(tag)) return;
    if (await this.#use(tag)) rememberLanguage(tag);
    else this.#tell(tag);
  }

  /**
   * @param {Language} tag
   * @returns {Promise<boolean>} Whether the language is the page's now.
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

  /** @param {Language} missing */
  #tell(missing) {
    this.#select.value = currentLanguage();
    byId("language-problem-text", HTMLElement).textContent = t("language.missing", {
      language: LANGUAGES[missing],
    });
    this.#problem.hidden = false;
  }
}
