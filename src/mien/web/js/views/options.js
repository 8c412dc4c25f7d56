// The options of the user: how certain a label must be, and which attributes with a notice are shown.

import { attributeName, noticeText } from "../i18n/attributes.js";
import { share } from "../i18n/formats.js";
import { t } from "../i18n/i18n.js";
import { element } from "./dom.js";

/** @typedef {import("../page").Options} Options */
/** @typedef {import("../types").Head} Head */
/** @typedef {import("../types").Model} Model */
/** @typedef {Model["certainty"]} Certainty */

/** Choices beside the usual certainty of the service. @type {Certainty[]} */
const CERTAINTIES = [0.98, 0.95, 0.9, "off"];

export class OptionsView {
  /**
   * @param {HTMLElement} container
   * @param {(options: Options) => void} changed Called with the options when they have changed.
   */
  constructor(container, changed) {
    this.#container = container;
    this.#changed = changed;
  }

  #container;
  #changed;
  /** @type {Head[]} */
  #heads = [];
  /** @type {Certainty[]} */
  #certainties = [];
  /** @type {Options} */
  options = { attributes: [] };

  /** @param {Pick<Model, "heads" | "certainty">} model */
  setModel({ heads, certainty }) {
    this.#heads = heads.filter(({ notice }) => notice);
    const rank = (/** @type {Certainty} */ choice) => (choice === "off" ? 0 : choice);
    this.#certainties = [...new Set([certainty, ...CERTAINTIES])].sort((a, b) => rank(b) - rank(a));
    this.options = { ...this.options, certainty };
    this.render();
  }

  /** Shows everything in the current language. */
  render() {
    const switches = this.#heads.map((head) => this.#switch(head));
    this.#container.replaceChildren(this.#certainty(), ...switches);
  }

  /** @param {Partial<Options>} chosen */
  #choose(chosen) {
    this.options = { ...this.options, ...chosen };
    this.#changed(this.options);
  }

  #certainty() {
    const meaning = element("p", { class: "quiet small", "aria-live": "polite" }, this.#meaning);
    const choices = this.#certainties.map((certainty) =>
      element(
        "label",
        {},
        element("input", {
          type: "radio",
          name: "certainty",
          value: String(certainty),
          checked: certainty === this.options.certainty,
          change: () => {
            this.#choose({ certainty });
            meaning.textContent = this.#meaning;
          },
        }),
        element("span", {}, certainty === "off" ? t("options.always") : share(certainty, 0)),
      ),
    );
    return element(
      "fieldset",
      {},
      element("legend", {}, t("options.certainty")),
      element("div", { class: "segments" }, ...choices),
      meaning,
    );
  }

  get #meaning() {
    const { certainty } = this.options;
    if (certainty === undefined) return ""; // the service has not answered yet
    if (certainty === "off") return t("options.always-means");
    return t("options.certainty-means", { certainty: share(certainty, 0) });
  }

  /** @param {Head} head */
  #switch({ name, notice }) {
    const id = `notice-${name}`;
    const input = element("input", {
      type: "checkbox",
      role: "switch",
      checked: this.options.attributes.includes(name),
      "aria-describedby": id,
      change: () => {
        const others = this.options.attributes.filter((other) => other !== name);
        this.#choose({ attributes: input.checked ? [...others, name] : others });
      },
    });
    return element(
      "div",
      { class: "option" },
      element("label", { class: "switch" }, input, element("span", {}, attributeName(name))),
      element("p", { class: "quiet small", id }, noticeText(notice)),
    );
  }
}
