// Pictures on their way to the service, a few at a time.

/** @typedef {import("../page").Entry} Entry */
/** @typedef {import("../types").Document} Answer */

/** So many are at the service at a time. */
const AT_A_TIME = 2;

export class Queue {
  /**
   * @param {(entry: Entry) => Promise<Answer>} analyze
   * @param {(entry: Entry) => void} changed Told of each step of a picture.
   * @param {(error: unknown) => string} report Told what went wrong; returns its code.
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
  /** How often each picture was added; an answer to an earlier time is dropped. */
  #times = /** @type {WeakMap<Entry, number>} */ (new WeakMap());
  /** How many pictures came since nothing was to be done, and how many of them are done. */
  progress = { count: 0, done: 0 };

  /**
   * Has a picture analysed, or analysed again; what is known of it stays until then.
   *
   * @param {Entry} entry
   * @param {number} limit Bytes that the service accepts; what is larger is not sent.
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
   * Forgets a picture, if it was not sent yet.
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
    while (this.#busy < AT_A_TIME) {
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
