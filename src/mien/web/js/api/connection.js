// What stands between the page and the service: that it is gone for a while, or wants a key.

import * as api from "./api.js";
import { byId } from "../views/dom.js";

const FIRST_WAIT = 1; // seconds
const LONGEST_WAIT = 8;

export class Connection {
  /** @param {(code: string) => void} restored Told the code of a problem that is no more. */
  constructor(restored) {
    this.#restored = restored;
    this.#dialog = byId("key-dialog", HTMLDialogElement);
    this.#dialog.addEventListener("close", () => this.#giveKey());
  }

  #restored;
  #dialog;
  #isGone = false;

  /**
   * Does what a problem asks for.
   *
   * @param {unknown} error
   * @returns {string} Its code.
   */
  report(error) {
    if (!(error instanceof api.Problem)) throw error;
    if (error.code === "unreachable") this.wait();
    if (error.code === "unauthorised" && !this.#dialog.open) this.#dialog.showModal();
    return error.code;
  }

  /** Says that the service is gone, until it is back. */
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
