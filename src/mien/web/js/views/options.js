// What the user may choose of each answer: how certain a label must be, and which attributes with a
// notice are shown.

import { attributeName, noticeText } from "../i18n/attributes.js";
import { share } from "../i18n/formats.js";
import { t } from "../i18n/i18n.js";
import { element } from "./dom.js";

/** @typedef {import("../page").Options} Options */
/** @typedef {import("../types").Head} Head */

export const DEFAULT_CERTAINTY = 0.98;
/** @type {Options["certainty"][]} */
const CERTAINTIES = [DEFAULT_CERTAINTY, 0.95, 0.9, "off"];

export class OptionsView {
  /**
   * @param {HTMLElement} place
   * @param {(options: Options) => void} changed
   */
  constructor(place, changed) {
    this.#place = place;
    this.#changed = changed;
  }

  #place;
  #changed;
  /** @type {Head[]} */
  #heads = [];
  /** @type {Options} */
  options = { certainty: DEFAULT_CERTAINTY, attributes: [] };

  /** @param {Head[]} heads What the model predicts. */
  setHeads(heads) {
    this.#heads = heads.filter(({ notice }) => notice);
    this.render();
  }

  /** Shows everything in the language of now. */
  render() {
    this.#place.replaceChildren(this.#certainty(), ...this.#heads.map((head) => this.#switch(head)));
  }

  /** @param {Partial<Options>} chosen */
  #choose(chosen) {
    this.options = { ...this.options, ...chosen };
    this.#changed(this.options);
  }

  #certainty() {
    const means = element("p", { class: "quiet small", "aria-live": "polite" }, this.#meaning);
    const choices = CERTAINTIES.map((certainty) =>
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
            means.textContent = this.#meaning;
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
      means,
    );
  }

  get #meaning() {
    const { certainty } = this.options;
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
