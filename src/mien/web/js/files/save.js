// Results as files: JSON, CSV, annotated pictures. They are made in the tab.

import { drawFaces } from "../drawing/overlay.js";
import { zip } from "./zip.js";

/** @typedef {import("../types").Picture} Picture */
/** @typedef {import("../types").PictureAnswer} PictureAnswer */
/** @typedef {import("../types").Summary} Summary */

const QUALITY = 0.93;

/**
 * Saves all answers as one JSON text, that of `mien analyze --json`.
 *
 * @param {Picture[]} pictures
 */
export function saveJson(pictures) {
  const answers = pictures.map(({ answer, name }) => ({
    ...answer,
    path: name,
    faces: answer?.faces.map(({ chip, ...face }) => face),
  }));
  const text = JSON.stringify({ schema: 1, pictures: answers }, null, 1);
  download(new Blob([text], { type: "application/json" }), "mien.json");
}

/**
 * Saves a table with a row for each face.
 *
 * @param {Picture[]} pictures
 */
export function saveCsv(pictures) {
  const rows = pictures.flatMap(({ answer, name }) =>
    (answer?.faces ?? []).map(({ box, quality, age, gender, score }, i) => ({
      picture: name,
      face: i + 1,
      x: box.x,
      y: box.y,
      width: box.width,
      height: box.height,
      score,
      apparent_age: age?.years,
      age_low: age?.low,
      age_high: age?.high,
      age_group: age?.group,
      looks_18_or_older: age?.at_least["18"],
      apparent_gender: gender?.label,
      female: gender?.female,
      male: gender?.male,
      size: quality?.size,
      sharpness: quality?.sharpness,
      frontality: quality?.frontality,
    })),
  );
  download(table(rows), "mien.csv");
}

/**
 * Saves a table with a row for each age group and gender presentation.
 *
 * @param {Summary} summary
 */
export function saveSummary(summary) {
  const cells = [
    { of: "all", name: "all", ...summary.people },
    ...Object.entries(summary.by_group).map(([name, cell]) => ({ of: "age_group", name, ...cell })),
    ...Object.entries(summary.by_gender).map(([name, cell]) => ({ of: "gender", name, ...cell })),
  ];
  download(table(cells), "mien-audience.csv");
}

/** @param {Record<string, string | number | null | undefined>[]} rows */
function table(rows) {
  const lines = [Object.keys(rows[0] ?? {}), ...rows.map((row) => Object.values(row))];
  const text = lines.map((line) => line.map(cell).join(",")).join("\r\n");
  return new Blob([`${text}\r\n`], { type: "text/csv;charset=utf-8" });
}

/** @param {string | number | null | undefined} value */
function cell(value) {
  const text = String(value ?? "");
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/**
 * Saves labelled pictures in their own size: one as it is, several in an archive.
 *
 * @param {Picture[]} pictures
 */
export async function savePictures(pictures) {
  const files = [];
  const names = new Set();
  for (const { answer, name, blob } of pictures) {
    const annotated = answer && (await annotate(blob, answer));
    if (annotated) files.push({ name: freeName(name, names), blob: annotated });
  }
  if (files.length === 1) download(files[0].blob, files[0].name);
  else if (files.length > 1) download(await zip(files), "mien-pictures.zip");
}

/**
 * @param {Blob} blob
 * @param {PictureAnswer} answer
 * @returns {Promise<Blob | null>} Nothing where the browser cannot read the picture.
 */
async function annotate(blob, answer) {
  let bitmap;
  try {
    bitmap = await createImageBitmap(blob, { imageOrientation: "from-image" });
  } catch {
    return null;
  }
  const { width, height } = bitmap;
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d");
  if (context === null) return null;
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  const drawing = /** @type {any} */ (context); // the two kinds of canvas draw alike
  drawFaces(drawing, answer.faces, { width, height, scale: width / answer.width });
  return canvas.convertToBlob({ type: "image/jpeg", quality: QUALITY });
}

/**
 * @param {string} name
 * @param {Set<string>} taken
 */
function freeName(name, taken) {
  const stem = name.replace(/\.[^.]*$/, "");
  let free = `${stem}-mien.jpg`;
  for (let i = 2; taken.has(free); i += 1) free = `${stem}-mien-${i}.jpg`;
  taken.add(free);
  return free;
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
  // The browser has the blob once the click was handled.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
