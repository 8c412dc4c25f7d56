// One picture with its faces: boxes on the picture and cards beside it, linked both ways.

import { element, icon } from "./dom.js";
import { faceCard } from "./face-card.js";
import { t } from "../i18n/i18n.js";
import { drawFaces, placedBox } from "../drawing/overlay.js";
import { failure } from "./problems.js";

/** @typedef {import("../types").Explanation} Explanation */
/** @typedef {import("../types").Picture} Picture */
/** @typedef {import("../drawing/overlay.js").View} View */

/**
 * @typedef {object} Actions
 * @property {(picture: Picture) => void} remove
 * @property {(picture: Picture) => void} retry
 * @property {(picture: Picture) => void} takeWhole Take the whole picture for one face.
 * @property {() => void} choose
 * @property {(picture: Picture, place: number) => Promise<Explanation>} explain One of its faces.
 * @property {(error: unknown) => string} failed Takes what was thrown; says it in a sentence.
 * @property {(code: string) => string} describe Says in a sentence what went wrong.
 */

const FONT_SIZE = 13.5; // pixels of the screen
/** Up to so many cards stand beside the picture; more stand below it. */
const BESIDE = 3;

export class PictureView {
  /**
   * @param {Picture} picture
   * @param {Actions} actions
   */
  constructor(picture, actions) {
    this.picture = picture;
    this.element = element("article", { class: "picture panel" });
    this.#actions = actions;
    this.#image = element("img", {
      src: picture.url,
      alt: "",
      error: () => this.#image.closest(".photo")?.classList.add("unshown"),
    });
    this.#canvas = element("canvas", {
      "aria-hidden": "true",
      pointermove: (event) => this.#look(this.#faceAt(/** @type {PointerEvent} */ (event))),
      pointerleave: () => this.#look(null),
      click: (event) => this.#visit(this.#faceAt(/** @type {PointerEvent} */ (event))),
    });
    new ResizeObserver(() => this.#draw()).observe(this.#canvas);
    this.render();
  }

  /** @type {Actions} */
  #actions;
  /** @type {HTMLImageElement} */
  #image;
  /** @type {HTMLCanvasElement} */
  #canvas;
  /** @type {HTMLElement[]} */
  #cards = [];
  /** @type {number | null} */
  #chosen = null;

  /** Shows what is known of the picture now, in the language of now. */
  render() {
    const { picture } = this;
    this.#chosen = null;
    this.#cards = this.#faces.map((face, i) => this.#card(face, i));
    this.element.dataset.state = picture.state;
    this.element.classList.toggle("crowd", this.#cards.length > BESIDE);
    this.element.setAttribute("aria-busy", String(picture.state === "busy"));
    this.element.setAttribute("aria-label", this.#name);
    const body = element("div", { class: "picture-body" }, this.#photo(), this.#said());
    this.element.replaceChildren(this.#head(), body);
    this.#draw();
  }

  get #faces() {
    return this.picture.answer?.faces ?? [];
  }

  get #name() {
    return this.picture.sample ? t("sample.title") : this.picture.name;
  }

  #head() {
    const { picture } = this;
    const count = picture.state === "done" && this.#faces.length > 0;
    return element(
      "header",
      { class: "picture-head" },
      element(
        "div",
        { class: "picture-name" },
        element("h2", { title: this.#name }, element("bdi", {}, this.#name)),
        picture.sample && element("p", { class: "quiet small" }, t("sample.credit")),
        count && !picture.sample
          ? element("p", { class: "quiet small" }, t("picture.faces", { count: this.#faces.length }))
          : null,
      ),
      picture.sample
        ? element(
            "button",
            { type: "button", class: "button small", click: () => this.#actions.choose() },
            icon("swap"),
            t("sample.replace"),
          )
        : element(
            "button",
            {
              type: "button",
              class: "button icon-only quiet",
              "aria-label": t("picture.remove", { name: this.#name }),
              click: () => this.#actions.remove(picture),
            },
            icon("close"),
          ),
    );
  }

  #photo() {
    const { answer, state } = this.picture;
    const photo = element("div", { class: "photo" }, this.#image, this.#canvas);
    if (answer) {
      photo.style.setProperty("--ratio", `${answer.width} / ${answer.height}`);
      this.#image.alt = t("picture.alt", { name: this.#name, count: this.#faces.length });
    }
    if (this.#image.complete && this.#image.naturalWidth === 0) photo.classList.add("unshown");
    if (state === "busy" || state === "waiting") photo.append(element("div", { class: "scan" }));
    const note = element("p", { class: "unshown-note quiet small" }, t("picture.unshown"));
    return element("div", { class: "photo-place" }, photo, note);
  }

  #said() {
    const { picture } = this;
    if (picture.state === "failed") {
      const text = this.#actions.describe(picture.problem ?? "unknown");
      return failure(text, () => this.#actions.retry(picture));
    }
    if (picture.state !== "done") {
      const text = t(picture.state === "busy" ? "picture.busy" : "picture.waiting");
      const skeleton = element(
        "div",
        { class: "card skeleton", "aria-hidden": "true" },
        ...["chip", "line", "line short", "line"].map((part) => element("div", { class: part })),
      );
      return element("div", { class: "faces" }, element("p", { class: "quiet busy" }, text), skeleton);
    }
    if (this.#cards.length === 0) {
      return element(
        "div",
        { class: "message" },
        element("p", { class: "message-title" }, t("picture.none")),
        element("p", { class: "quiet" }, t("picture.none-hint")),
        element(
          "button",
          { type: "button", class: "button small", click: () => this.#actions.takeWhole(picture) },
          t("picture.whole"),
        ),
      );
    }
    return element("div", { class: "faces" }, ...this.#cards);
  }

  /**
   * @param {import("../types").Face} face
   * @param {number} i
   */
  #card(face, i) {
    const title = t("face.title", { number: i + 1 });
    const { explain, failed } = this.#actions;
    const card = faceCard(face, title, { ask: () => explain(this.picture, i), failed });
    card.addEventListener("pointerenter", () => this.#look(i));
    card.addEventListener("pointerleave", () => this.#look(null));
    card.addEventListener("focusin", () => this.#look(i));
    card.addEventListener("focusout", () => this.#look(null));
    return card;
  }

  /** @param {number | null} chosen */
  #look(chosen) {
    if (chosen === this.#chosen) return;
    this.#chosen = chosen;
    this.#cards.forEach((card, i) => card.classList.toggle("chosen", i === chosen));
    this.#canvas.classList.toggle("pointing", chosen !== null);
    this.#draw();
  }

  /** @param {number | null} i */
  #visit(i) {
    if (i === null) return;
    this.#cards[i].focus({ preventScroll: true });
    this.#cards[i].scrollIntoView({ block: "nearest" });
  }

  /** @returns {View} */
  get #view() {
    const { clientWidth: width, clientHeight: height } = this.#canvas;
    const scale = width / (this.picture.answer?.width || width || 1);
    return { width, height, scale, fontSize: FONT_SIZE, chosen: this.#chosen };
  }

  /** @param {PointerEvent} event */
  #faceAt(event) {
    const view = this.#view;
    let found = null;
    let smallest = Infinity;
    this.#faces.forEach((face, i) => {
      const { x, y, width, height } = placedBox(face, view);
      const [right, down] = [event.offsetX - x, event.offsetY - y];
      const inside = right >= 0 && down >= 0 && right <= width && down <= height;
      if (inside && width < smallest) [found, smallest] = [i, width];
    });
    return found;
  }

  #draw() {
    const view = this.#view;
    const density = devicePixelRatio;
    this.#canvas.width = Math.round(view.width * density);
    this.#canvas.height = Math.round(view.height * density);
    const context = this.#canvas.getContext("2d");
    if (context === null || this.#faces.length === 0) return;
    context.scale(density, density);
    drawFaces(context, this.#faces, view);
  }
}
