// Pictures on their way to the service, a few at a time.

import * as api from "./api.js";

/** @typedef {import("../types").Picture} Picture */

/** So many are at the service at a time; it shares its batches between them. */
const AT_A_TIME = 2;

export class Queue {
  /**
   * @param {(picture: Picture) => void} changed Told of each step of a picture.
   * @param {(error: unknown) => string} report Told what went wrong; returns its code.
   */
  constructor(changed, report) {
    this.#changed = changed;
    this.#report = report;
  }

  #changed;
  #report;
  /** @type {Picture[]} */
  #waiting = [];
  #busy = 0;
  /** How many pictures came since nothing was to be done, and how many of them are done. */
  progress = { count: 0, done: 0 };

  /**
   * @param {Picture} picture
   * @param {number} limit Bytes that the service accepts; what is larger is not sent.
   */
  add(picture, limit) {
    Object.assign(picture, { state: "waiting", answer: null, problem: null });
    if (picture.blob.size > limit) {
      Object.assign(picture, { state: "failed", problem: "too_large" });
    } else {
      this.#waiting.push(picture);
      this.progress.count += 1;
    }
    this.#changed(picture);
    this.#work();
  }

  /**
   * Forgets a picture, if it was not sent yet.
   *
   * @param {Picture} picture
   */
  forget(picture) {
    const place = this.#waiting.indexOf(picture);
    if (place < 0) return;
    this.#waiting.splice(place, 1);
    this.progress.count -= 1;
  }

  #work() {
    while (this.#busy < AT_A_TIME) {
      const picture = this.#waiting.shift();
      if (picture === undefined) break;
      this.#analyze(picture);
    }
  }

  /** @param {Picture} picture */
  async #analyze(picture) {
    this.#busy += 1;
    picture.state = "busy";
    this.#changed(picture);
    try {
      picture.answer = await api.analyze(picture.blob, picture.cropped);
      picture.state = "done";
    } catch (error) {
      picture.state = "failed";
      picture.problem = this.#report(error);
    }
    this.#busy -= 1;
    this.progress.done += 1;
    if (this.#busy === 0 && this.#waiting.length === 0) this.progress = { count: 0, done: 0 };
    this.#changed(picture);
    this.#work();
  }
}
