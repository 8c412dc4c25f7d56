// Drawing of boxes and labels onto a picture. The browser can write the text of every script.

import { ageOf, genderOf, othersOf, UNDETERMINED } from "../api/answers.js";
import { attributeName, estimateText } from "../i18n/attributes.js";
import { number, range } from "../i18n/formats.js";
import { direction } from "../i18n/i18n.js";
import { boxOnSurface, labelPosition } from "./geometry.js";

/** @typedef {import("../types").Face | import("../types").TrackedFace} Face */
/** @typedef {import("./geometry.js").Rectangle} Rectangle */
/** @typedef {import("./geometry.js").Surface} Surface */

/**
 * @typedef {object} Style
 * @property {number} [fontSize] Size in pixels of the surface; by default it grows with the face.
 * @property {number | null} [chosen] Index of the chosen face, which has the pointer or the focus.
 */

/** @typedef {Surface & Style} View */

/**
 * Colours for colour-blind readers from IBM's palette. The blue is lighter than in the pictures of
 * `mien analyze`, so that small text has enough contrast with the background of a label.
 */
const COLOURS = /** @type {Record<string, string>} */ ({ female: "#ffb000", male: "#7ea0ff" });
const UNDETERMINED_COLOUR = "#ebebeb";
const INK = "20 22 26";
/** Width in pixels; the label of a narrower face has the years alone. */
const COMPACT = 44;
/** Width in pixels; a narrower face has a label only if it is chosen. */
const TINY = 15;
/** The same width if there is a crowd. */
const TINY_IN_CROWD = 32;
/** With more faces there is a crowd: only the label of the chosen face has more than the years. */
const CROWD = 12;
/** Maximum share of a label that covers other labels and faces; above it the label has the years alone. */
const MAX_COVERED = 0.1;

/**
 * Draws each face's box with its apparent age, interval and gender presentation.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {Face[]} faces
 * @param {View} view
 */
export function drawFaces(context, faces, view) {
  const chosen = view.chosen ?? null;
  const crowded = faces.length > CROWD;
  const boxes = faces.map((face) => boxOnSurface(face.box, view));
  const order = [...faces.keys()].sort((a, b) => boxes[b].width - boxes[a].width);
  context.save();
  for (const i of order) {
    context.globalAlpha = chosen === null || chosen === i ? 1 : 0.45;
    drawBox(context, boxes[i], colour(faces[i]), chosen === i);
  }
  context.globalAlpha = 1;
  /** @type {Rectangle[]} */
  const labels = [];
  for (const i of order) {
    const isChosen = chosen === i;
    if (Object.keys(faces[i].attributes).length === 0 || (chosen !== null && !isChosen)) continue;
    if (boxes[i].width < (crowded ? TINY_IN_CROWD : TINY) && !isChosen) continue;
    const others = boxes.filter((_, other) => other !== i);
    const around = { others: [...labels, ...others], crowded };
    labels.push(drawLabel(context, faces[i], boxes[i], view, around, isChosen));
  }
  context.restore();
}

/** @param {Face} face */
function colour(face) {
  return COLOURS[genderOf(face)?.label ?? UNDETERMINED] ?? UNDETERMINED_COLOUR;
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Rectangle} box
 * @param {string} stroke
 * @param {boolean} chosen
 */
function drawBox(context, box, stroke, chosen) {
  const width = Math.max(1.25, Math.min(box.width / 30, 3)) + (chosen ? 1 : 0);
  context.beginPath();
  context.roundRect(box.x, box.y, box.width, box.height, box.width / 9);
  context.lineWidth = width + 2;
  context.strokeStyle = `rgb(${INK} / 55%)`;
  context.stroke();
  context.lineWidth = width;
  context.strokeStyle = stroke;
  context.stroke();
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Face} face
 * @param {Rectangle} box
 * @param {View} view
 * @param {{others: Rectangle[], crowded: boolean}} around Labels and faces that the label should
 *     not cover, and whether there is a crowd.
 * @param {boolean} isChosen Whether the face is chosen; its label then always has all texts.
 * @returns {Rectangle} The area of the label.
 */
function drawLabel(context, face, box, view, { others, crowded }, isChosen) {
  let label = measured(context, face, box, view, false);
  let { area, covered } = labelPosition(box, label, view, others);
  const covers = covered > MAX_COVERED * label.width * label.height;
  if (!isChosen && (crowded || covers || box.width < COMPACT)) {
    label = measured(context, face, box, view, true);
    ({ area } = labelPosition(box, label, view, others));
  }

  context.beginPath();
  context.roundRect(area.x, area.y, area.width, area.height, label.first / 3.5);
  context.fillStyle = `rgb(${INK} / 86%)`;
  context.fill();
  const forward = direction() === "rtl" ? -1 : 1;
  const start = (forward === 1 ? area.x : area.x + area.width) + forward * label.pad;
  const middle = area.y + label.first * 0.53;
  context.fillStyle = colour(face);
  context.font = label.bold;
  context.fillText(label.title, start, middle);
  context.fillStyle = "rgb(255 255 255 / 94%)";
  context.font = label.plain;
  context.fillText(label.details, start + forward * (label.titleWidth + label.pad), middle);
  label.below.forEach((line, i) => {
    context.fillText(line, start, area.y + label.first + (i + 0.4) * label.other);
  });
  return area;
}

/**
 * Returns the texts, the fonts and the size of a label.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {Face} face
 * @param {Rectangle} box
 * @param {View} view
 * @param {boolean} compact Whether only the title is written.
 */
function measured(context, face, box, view, compact) {
  const size = (view.fontSize ?? fontSize(box, view)) * (compact ? 0.85 : 1);
  const family = getComputedStyle(document.body).fontFamily;
  const [bold, plain] = [`650 ${size}px ${family}`, `400 ${size * 0.88}px ${family}`];
  const texts = labelTexts(face);
  const { title } = texts;
  const details = compact ? "" : texts.beside.join("  ");
  const below = compact ? [] : texts.below;
  const pad = size * (compact ? 0.35 : 0.5);
  context.direction = direction();
  context.textAlign = "start";
  context.textBaseline = "middle";
  context.font = bold;
  const titleWidth = context.measureText(title).width;
  context.font = plain;
  const detailsWidth = details ? context.measureText(details).width + pad : 0;
  const widths = [titleWidth + detailsWidth, ...below.map((line) => context.measureText(line).width)];
  const width = Math.max(...widths) + 2 * pad;
  const [first, other] = [size * (compact ? 1.4 : 1.75), size * 1.2];
  const height = first + below.length * other;
  return { bold, plain, title, titleWidth, details, below, pad, width, height, first, other };
}

/**
 * Returns the texts of a label. The title is the years. Beside it are the person's number, the
 * interval and the gender presentation. Each other attribute has a line below. Without an age, the
 * title is the first of the other texts.
 *
 * @param {Face} face
 */
export function labelTexts(face) {
  const [age, gender] = [ageOf(face), genderOf(face)];
  const beside = age ? [number(age.years), range(age.low, age.high)] : [];
  if (gender) beside.push(estimateText("gender", gender));
  const below = othersOf(face).map(
    ([name, estimate]) => `${attributeName(name)}: ${estimateText(name, estimate)}`,
  );
  const title = beside.shift() ?? below.shift() ?? "";
  if ("person_id" in face) beside.unshift(`#${number(face.person_id)}`);
  return { title, beside, below };
}

/**
 * Returns the size of the text in pixels: it grows with the face, within limits.
 *
 * @param {Rectangle} box
 * @param {View} view
 */
function fontSize(box, view) {
  const shorter = Math.min(view.width, view.height);
  return Math.min(Math.max(box.width / 6, 10, shorter / 70), Math.max(12, shorter / 22));
}
