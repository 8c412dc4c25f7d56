// Notices of attributes that are shown only on request.

import { noticeText } from "../i18n/attributes.js";
import { element, icon } from "./dom.js";

/**
 * @param {Record<string, string>} notices Notices by the attribute's name.
 * @returns {HTMLElement | null} Null if there are none.
 */
export function noticeList(notices = {}) {
  const texts = Object.values(notices);
  if (texts.length === 0) return null;
  const notes = texts.map((text) =>
    element("p", { class: "note" }, icon("alert"), element("span", {}, noticeText(text))),
  );
  return element("div", { class: "notes", role: "note" }, ...notes);
}
