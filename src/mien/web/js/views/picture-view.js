// A picture with the boxes of its faces and their cards; a chosen box or card shows the other too.

import { facesOf, pictureOf } from "../api/answers.js";
import { drawFaces } from "../drawing/overlay.js";
import { boxOnSurface, smallestAt } from "../drawing/geometry.js";
import { t } from "../i18n/i18n.js";
import { element, icon } from "./dom.js";
import { faceCard } from "./face-card.js";
import { noticeList } from "./notices.js";
import { failure } from "./problems.js";

/** @typedef {import("../drawing/overlay.js").View} View */
/** @typedef {import("../page").Entry} Entry */
/** @typedef {import("../types").Explanation} Explanation */
/** @typedef {import("../types").Face} Face */

/**
 * @typedef {object} Actions
 * @property {(entry: Entry) => void} remove
 * @property {(entry: Entry) => void} retry
 * @property {(entry: Entry) => void} useWhole Analyses the whole picture as one face.
 * @property {() => void} choose Opens the dialog to choose pictures.
 * @property {(chip: string) => Promise<Explanation>} explain
 * @property {(error: unknown) => string} failed Handles an error and returns a sentence for it.
 * @property {(code: string) => string} describe Returns a sentence for the code of a problem.
 */

const FONT_SIZE = 13.5; // CSS pixels
/** Maximum number of cards beside a picture; with more, the picture is larger and above them. */
const MAX_BESIDE = 3;
const MAX_BESIDE_LANDSCAPE = 1;
/** Minimum ratio of width to height of a landscape. */
const LANDSCAPE = 1.4;

export class PictureView {
  /**
   * @param {Entry} entry
   * @param {Actions} actions
   */
  constructor(entry, actions) {
    this.entry = entry;
    this.element = element("article", { class: "picture panel" });
    this.#actions = actions;
    this.#image = element("img", {
      src: entry.url,
      alt: "",
      error: () => this.#image.closest(".photo")?.classList.add("unshown"),
    });
    this.#canvas = element("canvas", {
      "aria-hidden": "true",
      pointermove: (event) => this.#choose(this.#faceAt(/** @type {PointerEvent} */ (event))),
      pointerleave: () => this.#choose(null),
      click: (event) => this.#focusCard(this.#faceAt(/** @type {PointerEvent} */ (event))),
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

  /** Shows the current state of the picture in the current language. */
  render() {
    const { state } = this.entry;
    this.#chosen = null;
    this.#cards = this.#faces.map((face, i) => this.#card(face, i));
    this.element.dataset.state = state;
    const count = this.#cards.length;
    const { width, height } = pictureOf(this.entry) ?? {};
    const landscape = (width ?? 1) >= LANDSCAPE * (height ?? 1);
    this.element.classList.toggle("wide", count > (landscape ? MAX_BESIDE_LANDSCAPE : MAX_BESIDE));
    this.element.classList.toggle("crowd", count > MAX_BESIDE);
    this.element.setAttribute("aria-busy", String(state === "busy"));
    this.element.setAttribute("aria-label", this.#name);
    const body = element("div", { class: "picture-body" }, this.#photo(), this.#result());
    this.element.replaceChildren(this.#head(), body);
    this.#draw();
  }

  get #faces() {
    return facesOf(this.entry);
  }

  get #name() {
    return this.entry.sample ? t("sample.title") : this.entry.name;
  }

  #head() {
    const { entry } = this;
    const count = this.#faces.length;
    return element(
      "header",
      { class: "picture-head" },
      element(
        "div",
        { class: "picture-name" },
        element("h2", { title: this.#name }, element("bdi", {}, this.#name)),
        entry.sample && element("p", { class: "quiet small" }, t("sample.credit")),
        count > 0 &&
          !entry.sample &&
          element("p", { class: "quiet small" }, t("picture.faces", { count })),
      ),
      entry.sample
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
              click: () => this.#actions.remove(entry),
            },
            icon("close"),
          ),
    );
  }

  #photo() {
    const answer = pictureOf(this.entry);
    const { state } = this.entry;
    const photo = element("div", { class: "photo" }, this.#image, this.#canvas);
    if (answer) {
      photo.style.setProperty("--ratio", `${answer.width} / ${answer.height}`);
      this.#image.alt = t("picture.alt", { name: this.#name, count: this.#faces.length });
    }
    if (this.#image.complete && this.#image.naturalWidth === 0) photo.classList.add("unshown");
    if (state === "busy" || state === "waiting") photo.append(element("div", { class: "scan" }));
    const note = element("p", { class: "unshown-note quiet small" }, t("picture.unshown"));
    return element("div", { class: "photo-frame" }, photo, note);
  }

  #result() {
    const { entry } = this;
    if (entry.state === "failed") {
      const text = this.#actions.describe(entry.problem ?? "unknown");
      return failure(text, () => this.#actions.retry(entry));
    }
    if (this.#cards.length > 0) {
      const faces = element("div", { class: "faces" }, ...this.#cards);
      return element("div", { class: "result" }, noticeList(entry.document?.notices), faces);
    }
    return entry.state === "done" ? this.#nothingFound() : this.#waiting();
  }

  #nothingFound() {
    return element(
      "div",
      { class: "message" },
      element("p", { class: "message-title" }, t("picture.none")),
      element("p", { class: "quiet" }, t("picture.none-hint")),
      element(
        "button",
        {
          type: "button",
          class: "button small",
          click: () => this.#actions.useWhole(this.entry),
        },
        t("picture.whole"),
      ),
    );
  }

  #waiting() {
    const text = t(this.entry.state === "busy" ? "picture.busy" : "picture.waiting");
    const skeleton = element(
      "div",
      { class: "card skeleton", "aria-hidden": "true" },
      ...["chip", "line", "line short", "line"].map((part) => element("div", { class: part })),
    );
    return element("div", { class: "faces" }, element("p", { class: "quiet busy" }, text), skeleton);
  }

  /**
   * @param {Face} face
   * @param {number} i
   */
  #card(face, i) {
    const title = t("face.title", { number: i + 1 });
    const { explain, failed } = this.#actions;
    const { chip } = face;
    const card = faceCard(face, title, chip ? { ask: () => explain(chip), failed } : null);
    card.addEventListener("pointerenter", () => this.#choose(i));
    card.addEventListener("pointerleave", () => this.#choose(null));
    card.addEventListener("focusin", () => this.#choose(i));
    card.addEventListener("focusout", () => this.#choose(null));
    return card;
  }

  /** @param {number | null} chosen Index of the face; null for none. */
  #choose(chosen) {
    if (chosen === this.#chosen) return;
    this.#chosen = chosen;
    this.#cards.forEach((card, i) => card.classList.toggle("chosen", i === chosen));
    this.#canvas.classList.toggle("pointing", chosen !== null);
    this.#draw();
  }

  /** @param {number | null} i Index of the face; null for none. */
  #focusCard(i) {
    if (i === null) return;
    this.#cards[i].focus({ preventScroll: true });
    this.#cards[i].scrollIntoView({ block: "nearest" });
  }

  /** @returns {View} */
  get #view() {
    const { clientWidth: width, clientHeight: height } = this.#canvas;
    const scale = width / (pictureOf(this.entry)?.width || width || 1);
    return { width, height, scale, fontSize: FONT_SIZE, chosen: this.#chosen };
  }

  /** @param {PointerEvent} event */
  #faceAt(event) {
    const view = this.#view;
    const boxes = this.#faces.map((face) => boxOnSurface(face.box, view));
    return smallestAt(boxes, event.offsetX, event.offsetY);
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
