// Pictures that the user drops onto the page or pastes into it.

import { byId } from "../views/dom.js";

/** The name that browsers give to a pasted picture that is not a file, such as a screenshot. */
const NAMELESS = "image.png";

/** @param {(pictures: Blob[]) => void} take Called with files, and with blobs for those without a name. */
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
