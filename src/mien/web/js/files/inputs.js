// Pictures that are dropped onto the page or pasted into it.

import { byId } from "../views/dom.js";

/** What browsers call a picture that is pasted from a screen rather than from a file. */
const NAMELESS = "image.png";

/** @param {(pictures: Blob[]) => void} take Gets files, and blobs where there is no name. */
export function listenForPictures(take) {
  const veil = byId("veil", HTMLElement);
  document.addEventListener("paste", ({ clipboardData }) => {
    const files = [...(clipboardData?.files ?? [])];
    take(files.map((file) => (file.name === NAMELESS ? new Blob([file]) : file)));
  });
  document.addEventListener("dragover", (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    veil.hidden = false;
  });
  document.addEventListener("dragleave", ({ relatedTarget }) => {
    if (relatedTarget === null) veil.hidden = true;
  });
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    veil.hidden = true;
    take([...(event.dataTransfer?.files ?? [])]);
  });
}
