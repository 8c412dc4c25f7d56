// Sentences for problems.

import { number, withUnit } from "../i18n/formats.js";
import { t } from "../i18n/i18n.js";
import { element, icon } from "./dom.js";

/** @typedef {import("../types").Limits} Limits */

/**
 * Keys of texts by the code of the problem; `unreachable` is a code of the page, not of the service.
 *
 * @type {Record<string, string>}
 */
const TEXTS = {
  unsupported_picture: "error.unsupported",
  unreadable_picture: "error.unreadable",
  unauthorised: "error.unauthorised",
  rate_limited: "error.busy",
  overloaded: "error.busy",
  timeout: "error.timeout",
  unreachable: "error.unreachable",
};

/**
 * Returns a sentence for a problem.
 *
 * @param {string} code
 * @param {Limits | null} limits Limits of the service; null if they are not known yet.
 */
export function describe(code, limits) {
  if (limits && code === "too_large") {
    return t("error.too-large", { limit: withUnit(limits.max_body_bytes / 1e6, "megabyte") });
  }
  if (limits && code === "too_many_pixels") {
    return t("error.too-many-pixels", { limit: number(limits.max_pixels / 1e6) });
  }
  return t(TEXTS[code] ?? "error.unknown");
}

/**
 * Shows the sentence for a problem with a button to try again.
 *
 * @param {string} text
 * @param {() => void} retry
 */
export function failure(text, retry) {
  return element(
    "div",
    { class: "message error", role: "alert" },
    icon("alert"),
    element("p", { class: "message-title" }, text),
    element("button", { type: "button", class: "button small", click: retry }, t("picture.retry")),
  );
}
