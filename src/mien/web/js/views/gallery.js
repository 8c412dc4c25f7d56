// The pictures of this tab, with their number, their audience and the progress.

import * as api from "../api/api.js";
import { facesOf } from "../api/answers.js";
import { Queue } from "../api/queue.js";
import { saveCsv, saveJson, savePictures, saveSummary } from "../files/save.js";
import { t } from "../i18n/i18n.js";
import { byId } from "./dom.js";
import { PictureView } from "./picture-view.js";
import { summaryPanel } from "./summary.js";

/** @typedef {import("../api/answers.js").Described} Described */
/** @typedef {import("../page").Entry} Entry */
/** @typedef {import("../page").Options} Options */

/**
 * @typedef {object} Surroundings
 * @property {() => Options} options
 * @property {() => number} limit Bytes of a picture that the service accepts.
 * @property {(error: unknown) => string} report Handles an error and returns its code.
 * @property {(code: string) => string} describe Returns a sentence for the code of a problem.
 * @property {(text: string) => void} announce Announces a text to users of a screen reader.
 * @property {() => void} choose Opens the dialog to choose pictures.
 * @property {() => boolean} hasSample Whether the sample is shown if there is no picture.
 */

/** Minimum number of faces of a single picture for an audience. */
const AUDIENCE = 5;

export class Gallery {
  /** @param {Surroundings} surroundings */
  constructor(surroundings) {
    this.#around = surroundings;
    const { options, report, describe, choose } = surroundings;
    this.#queue = new Queue(
      ({ blob, cropped }) => api.analyze(blob, cropped, options()),
      (entry) => this.#showStep(entry),
      report,
    );
    this.#actions = {
      remove: (entry) => this.#remove(entry),
      retry: (entry) => this.#analyze(entry),
      useWhole: (entry) => {
        entry.cropped = true;
        this.#analyze(entry);
      },
      choose,
      explain: (chip) => api.explain(chip, options()),
      failed: (error) => describe(report(error)),
      describe,
    };
    byId("save-json", HTMLElement).addEventListener("click", () => saveJson(this.#answered));
    byId("save-csv", HTMLElement).addEventListener("click", () => saveCsv(this.#answered));
    byId("save-pictures", HTMLElement).addEventListener("click", () => savePictures(this.#answered));
    byId("clear", HTMLElement).addEventListener("click", () => this.#clear());
  }

  #around;
  #queue;
  /** @type {import("./picture-view.js").Actions} */
  #actions;
  /** Views of the pictures, the newest first. @type {PictureView[]} */
  #views = [];
  #container = byId("pictures", HTMLElement);
  /** Number of times that the audience was counted; only the last count is shown. */
  #countings = 0;

  /**
   * Adds pictures and removes the sample.
   *
   * @param {Blob[]} blobs
   * @param {string} [name] Name of pictures that are not files.
   */
  add(blobs, name = "") {
    const entries = blobs.map((blob) => newEntry(blob, blob instanceof File ? blob.name : name));
    this.removeSample();
    const added = entries.map((entry) => new PictureView(entry, this.#actions));
    this.#views = [...added, ...this.#views];
    this.#container.prepend(...added.map((view) => view.element));
    for (const entry of entries) this.#analyze(entry);
  }

  /** Shows the sample if there is no picture. */
  async showSample() {
    if (!this.#isFree) return;
    try {
      const blob = await api.fetchSample();
      if (!this.#isFree) return;
      const sample = newEntry(blob, "astronaut.jpg", true);
      const view = new PictureView(sample, this.#actions);
      this.#views = [view];
      this.#container.append(view.element);
      this.#analyze(sample);
    } catch (error) {
      this.#around.report(error);
    }
  }

  removeSample() {
    for (const { entry } of this.#views) if (entry.sample) this.#delete(entry);
  }

  /** Analyses all pictures again, because the options have changed. */
  analyzeAgain() {
    for (const { entry } of this.#views) this.#analyze(entry);
  }

  /**
   * Analyses the pictures again that failed because of a problem.
   *
   * @param {string} problem Code of the problem.
   */
  resume(problem) {
    for (const { entry } of this.#views) if (entry.problem === problem) this.#analyze(entry);
  }

  /** Shows everything in the current language. */
  render() {
    for (const view of this.#views) view.render();
    this.#showState();
  }

  get #isFree() {
    return this.#views.length === 0 && this.#around.hasSample();
  }

  /** Pictures with an answer, in the order of the page. */
  get #answered() {
    return this.#views.map(({ entry }) => entry).filter(({ document }) => document !== null);
  }

  /** @param {Entry} entry */
  #analyze(entry) {
    this.#queue.add(entry, this.#around.limit());
  }

  /** @param {Entry} entry */
  #remove(entry) {
    this.#delete(entry);
    this.#showState();
    // The pressed button is gone, so that another button must get the focus.
    (this.#views[0]?.element.querySelector("button") ?? byId("choose", HTMLElement)).focus();
  }

  /** @param {Entry} entry */
  #delete(entry) {
    const view = this.#views.find((candidate) => candidate.entry === entry);
    this.#views = this.#views.filter((candidate) => candidate !== view);
    view?.element.remove();
    this.#queue.forget(entry);
    URL.revokeObjectURL(entry.url);
  }

  #clear() {
    for (const { entry } of this.#views) this.#delete(entry);
    this.#showState();
    byId("choose", HTMLElement).focus();
    this.showSample();
  }

  /** @param {Entry} entry */
  #showStep(entry) {
    this.#views.find((view) => view.entry === entry)?.render();
    this.#showState();
    if (entry.state !== "done") return;
    const count = facesOf(entry).length;
    const { name } = entry;
    this.#around.announce(
      count === 0 ? `${name}: ${t("picture.none")}` : t("picture.alt", { name, count }),
    );
  }

  #showState() {
    const entries = this.#answered;
    const faces = entries.flatMap(facesOf);
    byId("tools", HTMLElement).hidden = entries.every(({ sample }) => sample);
    byId("count", HTMLElement).textContent = [
      t("results.pictures", { count: this.#views.length }),
      t("picture.faces", { count: faces.length }),
    ].join(" · ");
    for (const id of ["save-json", "save-csv", "save-pictures"]) {
      byId(id, HTMLButtonElement).disabled = faces.length === 0;
    }
    const several = faces.length >= AUDIENCE || (entries.length > 1 && faces.length > 1);
    this.#showAudience(several ? faces : []);

    const { count, done } = this.#queue.progress;
    byId("progress", HTMLElement).hidden = count < 2;
    byId("progress-text", HTMLElement).textContent = t("results.progress", { count, done });
    const bar = byId("progress-bar", HTMLProgressElement);
    bar.max = count || 1;
    bar.value = done;
  }

  /**
   * Shows the audience, which the service counts when it has analysed all pictures.
   *
   * @param {Described[]} faces None if no audience is shown.
   */
  async #showAudience(faces) {
    const time = ++this.#countings;
    /** @type {HTMLElement | null} */
    let panel = null;
    if (faces.length > 0) {
      if (this.#queue.progress.count > 0) return;
      try {
        panel = summaryPanel(await api.countFaces(faces), "faces", saveSummary);
      } catch (error) {
        this.#around.report(error);
      }
      if (time !== this.#countings) return; // the pictures have changed meanwhile
    }
    byId("audience", HTMLElement).replaceChildren(...(panel ? [panel] : []));
  }
}

/**
 * @param {Blob} blob
 * @param {string} name
 * @param {boolean} sample
 * @returns {Entry}
 */
function newEntry(blob, name, sample = false) {
  const url = URL.createObjectURL(blob);
  const empty = { cropped: false, document: null, problem: null };
  return { name, blob, url, sample, state: "waiting", ...empty };
}
