// The connection to the service: it can be lost for a while, or need a key.

import * as api from "./api.js";
import { byId } from "../views/dom.js";

const FIRST_WAIT = 1; // seconds
const LONGEST_WAIT = 8;

export class Connection {
  /** @param {(code: string) => void} restored Called with the code of a problem that has ended. */
  constructor(restored) {
    this.#restored = restored;
    this.#dialog = byId("key-dialog", HTMLDialogElement);
    this.#dialog.addEventListener("close", () => this.#giveKey());
  }

  #restored;
  #dialog;
  #isGone = false;

  /**
   * Handles a problem: it waits for a lost service, or opens the dialog for the key.
   *
   * @param {unknown} error An error that is not a Problem is thrown again.
   * @returns {string} The code of the problem.
   */
  report(error) {
    if (!(error instanceof api.Problem)) throw error;
    if (error.code === "unreachable") this.wait();
    if (error.code === "unauthorised" && !this.#dialog.open) this.#dialog.showModal();
    return error.code;
  }

  /** Shows that the service cannot be reached, until it can be reached again. */
  async wait() {
    if (this.#isGone) return;
    this.#isGone = true;
    const banner = byId("banner", HTMLElement);
    banner.hidden = false;
    for (let pause = FIRST_WAIT; !(await api.isAlive()); pause = Math.min(2 * pause, LONGEST_WAIT)) {
      await api.wait(pause);
    }
    this.#isGone = false;
    banner.hidden = true;
    this.#restored("unreachable");
  }

  async #giveKey() {
    const field = byId("key", HTMLInputElement);
    try {
      await api.giveKey(field.value);
      this.#restored("unauthorised");
    } catch (error) {
      this.report(error);
    }
    field.value = "";
  }
}
