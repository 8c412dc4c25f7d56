// Saving of results: JSON, CSV and labelled pictures. The files are made in the tab.

import { facesOf, pictureOf } from "../api/answers.js";
import { drawFaces } from "../drawing/overlay.js";
import { csv } from "./csv.js";
import { audienceRows, faceRows } from "./rows.js";
import { zip } from "./zip.js";

/** @typedef {import("../page").Entry} Entry */
/** @typedef {import("../types").Summary} Summary */

const QUALITY = 0.93;

/**
 * Saves all answers as one document, as `mien analyze --json` does.
 *
 * @param {Entry[]} pictures
 */
export function saveJson(pictures) {
  const answers = pictures.map((entry) => ({
    ...pictureOf(entry),
    path: entry.name,
    faces: facesOf(entry).map(({ chip, ...face }) => face),
  }));
  const text = JSON.stringify({ ...pictures[0]?.document, pictures: answers }, null, 1);
  download(new Blob([text], { type: "application/json" }), "mien.json");
}

/**
 * Saves a table with a row for each face.
 *
 * @param {Entry[]} pictures
 */
export function saveCsv(pictures) {
  saveTable(csv(faceRows(pictures)), "mien.csv");
}

/**
 * Saves a table with a row for each age group and gender presentation.
 *
 * @param {Summary} summary
 */
export function saveSummary(summary) {
  saveTable(csv(audienceRows(summary)), "mien-audience.csv");
}

/**
 * @param {string} text
 * @param {string} name
 */
function saveTable(text, name) {
  download(new Blob([text], { type: "text/csv;charset=utf-8" }), name);
}

/**
 * Saves labelled pictures in their own size: one as a file, several in a zip file.
 *
 * @param {Entry[]} pictures
 */
export async function savePictures(pictures) {
  const files = [];
  const names = new Set();
  for (const entry of pictures) {
    const annotated = await annotate(entry);
    if (annotated) files.push({ name: uniqueName(entry.name, names), blob: annotated });
  }
  if (files.length === 1) download(files[0].blob, files[0].name);
  else if (files.length > 1) download(await zip(files), "mien-pictures.zip");
}

/**
 * @param {Entry} entry
 * @returns {Promise<Blob | null>} Null if the browser cannot read the picture.
 */
async function annotate(entry) {
  let bitmap;
  try {
    bitmap = await createImageBitmap(entry.blob, { imageOrientation: "from-image" });
  } catch {
    return null;
  }
  const { width, height } = bitmap;
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d");
  if (context === null) return null;
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  const drawing = /** @type {any} */ (context); // both kinds of canvas have the same methods
  const scale = width / (pictureOf(entry)?.width ?? width);
  drawFaces(drawing, facesOf(entry), { width, height, scale });
  return canvas.convertToBlob({ type: "image/jpeg", quality: QUALITY });
}

/**
 * Returns the name of a labelled picture, which no other has.
 *
 * @param {string} name
 * @param {Set<string>} used Names of the others; the new one is added.
 */
function uniqueName(name, used) {
  const stem = name.replace(/\.[^.]*$/, "");
  let unique = `${stem}-mien.jpg`;
  for (let i = 2; used.has(unique); i += 1) unique = `${stem}-mien-${i}.jpg`;
  used.add(unique);
  return unique;
}

/**
 * @param {Blob} blob
 * @param {string} name
 */
function download(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  // The browser reads the blob after the click; the URL must not be revoked before.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
