// The two pages, faces and limits; the hash of the address names the page.

import { byId } from "./dom.js";

/** Shows the page that the address names, now and when the address changes. */
export function followAddress() {
  byId("skip", HTMLElement).addEventListener("click", (event) => {
    event.preventDefault(); // the hash names a page, so that it must not name a part of it
    byId("content", HTMLElement).focus();
  });
  addEventListener("hashchange", showPage);
  showPage();
}

function showPage() {
  const isLimits = location.hash === "#limits";
  byId("limits-page", HTMLElement).hidden = !isLimits;
  byId("faces-page", HTMLElement).hidden = isLimits;
  for (const link of document.querySelectorAll("nav a")) {
    const isHere = (link.getAttribute("href") === "#limits") === isLimits;
    if (isHere) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  if (isLimits) {
    byId("limits-heading", HTMLElement).focus();
    scrollTo(0, 0);
  }
}
