// The queue of pictures for the service, which gets two of them at a time.

/** @typedef {import("../page").Entry} Entry */
/** @typedef {import("../types").Document} Answer */

/** Maximum number of pictures that the service analyses at a time. */
const MAX_BUSY = 2;

export class Queue {
  /**
   * @param {(entry: Entry) => Promise<Answer>} analyze
   * @param {(entry: Entry) => void} changed Called when the state of a picture has changed.
   * @param {(error: unknown) => string} report Handles an error and returns its code.
   */
  constructor(analyze, changed, report) {
    this.#analyze = analyze;
    this.#changed = changed;
    this.#report = report;
  }

  #analyze;
  #changed;
  #report;
  /** @type {Entry[]} */
  #waiting = [];
  #busy = 0;
  /** Number of times that each picture was added; only the answer to the last one is used. */
  #times = /** @type {WeakMap<Entry, number>} */ (new WeakMap());
  /** Number of pictures that were added since the queue was empty, and how many of them are done. */
  progress = { count: 0, done: 0 };

  /**
   * Adds a picture, for the first time or again. It keeps its old answer until the new one comes.
   *
   * @param {Entry} entry
   * @param {number} limit Bytes that the service accepts; a larger picture is not sent.
   */
  add(entry, limit) {
    if (this.#waiting.includes(entry)) return;
    this.#times.set(entry, this.#timesOf(entry) + 1);
    entry.problem = null;
    if (entry.blob.size > limit) {
      Object.assign(entry, { state: "failed", problem: "too_large" });
    } else {
      entry.state = "waiting";
      this.#waiting.push(entry);
      this.progress.count += 1;
    }
    this.#changed(entry);
    this.#work();
  }

  /**
   * Removes a picture from the queue if it was not sent yet.
   *
   * @param {Entry} entry
   */
  forget(entry) {
    const index = this.#waiting.indexOf(entry);
    if (index < 0) return;
    this.#waiting.splice(index, 1);
    this.progress.count -= 1;
  }

  #work() {
    while (this.#busy < MAX_BUSY) {
      const entry = this.#waiting.shift();
      if (entry === undefined) break;
      this.#send(entry);
    }
  }

  /** @param {Entry} entry */
  async #send(entry) {
    this.#busy += 1;
    const time = this.#timesOf(entry);
    entry.state = "busy";
    this.#changed(entry);
    const outcome = await this.#outcome(entry);
    if (time === this.#timesOf(entry)) Object.assign(entry, outcome);
    this.#busy -= 1;
    this.progress.done += 1;
    if (this.#busy === 0 && this.#waiting.length === 0) this.progress = { count: 0, done: 0 };
    this.#changed(entry);
    this.#work();
  }

  /**
   * @param {Entry} entry
   * @returns {Promise<Partial<Entry>>}
   */
  async #outcome(entry) {
    try {
      return { state: "done", document: await this.#analyze(entry) };
    } catch (error) {
      return { state: "failed", document: null, problem: this.#report(error) };
    }
  }

  /** @param {Entry} entry */
  #timesOf(entry) {
    return this.#times.get(entry) ?? 0;
  }
}
