// Drawing answers onto a picture. The browser shapes the text, so that every script is right.

import { ageOf, genderOf, othersOf, UNDETERMINED } from "../api/answers.js";
import { estimateText } from "../i18n/attributes.js";
import { number, range } from "../i18n/formats.js";
import { direction } from "../i18n/i18n.js";
import { labelPlace, placedBox } from "./places.js";

/** @typedef {import("../types").Face | import("../types").TrackedFace} Face */
/** @typedef {import("./places.js").Rectangle} Rectangle */
/** @typedef {import("./places.js").Surface} Surface */

/**
 * @typedef {object} Style
 * @property {number} [fontSize] In pixels of the surface; follows the face where it is left out.
 * @property {number | null} [chosen] Index of the face that is looked at.
 */

/** @typedef {Surface & Style} View */

/** Of the colour-blind-safe IBM palette, the same as in pictures that the command line annotates. */
const COLOURS = /** @type {Record<string, string>} */ ({ female: "#ffb000", male: "#7ea0ff" });
const UNDETERMINED_COLOUR = "#ebebeb";
const INK = "20 22 26";
/** Width in pixels below which a face's label is its years alone. */
const COMPACT = 44;
/** Width below which a face has no label until it is looked at; in a crowd sooner. */
const TINY = 15;
const TINY_IN_CROWD = 32;
/** More faces than these have their years alone as labels, until one is looked at. */
const CROWD = 12;
/** Share of a label that may lie on other labels and faces before it is cut down to the years. */
const MOST_COVERING = 0.1;

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
  const boxes = faces.map((face) => placedBox(face.box, view));
  const order = [...faces.keys()].sort((a, b) => boxes[b].width - boxes[a].width);
  context.save();
  for (const i of order) {
    context.globalAlpha = chosen === null || chosen === i ? 1 : 0.45;
    drawBox(context, boxes[i], colour(faces[i]), chosen === i);
  }
  context.globalAlpha = 1;
  /** @type {Rectangle[]} */
  const taken = [];
  for (const i of order) {
    const looked = chosen === i;
    if (Object.keys(faces[i].attributes).length === 0 || (chosen !== null && !looked)) continue;
    if (boxes[i].width < (crowded ? TINY_IN_CROWD : TINY) && !looked) continue;
    const others = boxes.filter((_, other) => other !== i);
    const around = { taken: [...taken, ...others], crowded };
    taken.push(drawLabel(context, faces[i], boxes[i], view, around, looked));
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
 * @param {{taken: Rectangle[], crowded: boolean}} around What should not be covered.
 * @param {boolean} looked Whether the face is looked at; then its label is whole at any cost.
 * @returns {Rectangle} Where the label is.
 */
function drawLabel(context, face, box, view, { taken, crowded }, looked) {
  let label = measured(context, face, box, view, false);
  let { place, covered } = labelPlace(box, label, view, taken);
  const covers = covered > MOST_COVERING * label.width * label.height;
  if (!looked && (crowded || covers || box.width < COMPACT)) {
    label = measured(context, face, box, view, true);
    ({ place } = labelPlace(box, label, view, taken));
  }

  context.beginPath();
  context.roundRect(place.x, place.y, place.width, place.height, place.height / 3.5);
  context.fillStyle = `rgb(${INK} / 86%)`;
  context.fill();
  const forward = direction() === "rtl" ? -1 : 1;
  const start = (forward === 1 ? place.x : place.x + place.width) + forward * label.pad;
  const middle = place.y + place.height * 0.53;
  context.fillStyle = colour(face);
  context.font = label.bold;
  context.fillText(label.title, start, middle);
  context.fillStyle = "rgb(255 255 255 / 94%)";
  context.font = label.plain;
  context.fillText(label.details, start + forward * (label.titleWidth + label.pad), middle);
  return place;
}

/**
 * Returns a label's texts and size.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {Face} face
 * @param {Rectangle} box
 * @param {View} view
 * @param {boolean} compact Whether only the first text is written.
 */
function measured(context, face, box, view, compact) {
  const size = (view.fontSize ?? fontSize(box, view)) * (compact ? 0.85 : 1);
  const family = getComputedStyle(document.body).fontFamily;
  const [bold, plain] = [`650 ${size}px ${family}`, `400 ${size * 0.88}px ${family}`];
  const [title, ...rest] = labelTexts(face);
  const details = compact ? "" : rest.join("  ");
  const pad = size * (compact ? 0.35 : 0.5);
  context.direction = direction();
  context.textAlign = "start";
  context.textBaseline = "middle";
  context.font = bold;
  const titleWidth = context.measureText(title).width;
  context.font = plain;
  const detailsWidth = details ? context.measureText(details).width + pad : 0;
  const width = titleWidth + detailsWidth + 2 * pad;
  return { bold, plain, title, titleWidth, details, pad, width, height: size * (compact ? 1.4 : 1.75) };
}

/**
 * Returns what a label says: the years, the person's number, the interval, the gender presentation.
 * Of a model without both it says the other attributes.
 *
 * @param {Face} face
 */
function labelTexts(face) {
  const [age, gender] = [ageOf(face), genderOf(face)];
  const texts = age ? [number(age.years)] : [];
  if ("person_id" in face) texts.push(`#${number(face.person_id)}`);
  if (age) texts.push(range(age.low, age.high));
  if (gender) texts.push(estimateText("gender", gender));
  if (age === null && gender === null) {
    texts.push(...othersOf(face).map(([name, estimate]) => estimateText(name, estimate)));
  }
  return texts;
}

/**
 * Follows the face, within what is readable and what is not loud.
 *
 * @param {Rectangle} box
 * @param {View} view
 */
function fontSize(box, view) {
  const shorter = Math.min(view.width, view.height);
  return Math.min(Math.max(box.width / 6, 10, shorter / 70), Math.max(12, shorter / 22));
}
