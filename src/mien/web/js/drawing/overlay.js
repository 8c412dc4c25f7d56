// Drawing answers onto a picture. The browser shapes the text, so that every script is right.

import { direction, number, percent, range, t } from "../i18n/i18n.js";

/** @typedef {import("../types").Face} Face */
/** @typedef {import("../types").GenderLabel} GenderLabel */
/** @typedef {{x: number, y: number, width: number, height: number}} Rectangle */

/**
 * @typedef {object} View
 * @property {number} width Of what is drawn onto, in its own pixels.
 * @property {number} height
 * @property {number} scale From the picture's pixels to those.
 * @property {number} [fontSize] In those; follows the face where it is left out.
 * @property {boolean} [mirrored] Whether left and right are exchanged, as in a mirror.
 * @property {boolean} [numbered] Whether labels tell who it is in a stream.
 * @property {number | null} [chosen] Place of the face that is looked at.
 */

/** Of the colour-blind-safe IBM palette, the same as in pictures that the command line annotates. */
const COLOURS = { female: "#ffb000", male: "#7ea0ff", undetermined: "#ebebeb" };
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

/** @type {Record<GenderLabel, string>} */
export const GENDER_TEXTS = {
  female: "gender.female",
  male: "gender.male",
  undetermined: "gender.undetermined",
};

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
  const boxes = faces.map((face) => placedBox(face, view));
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
    if (faces[i].age === null || (chosen !== null && !looked)) continue;
    if (boxes[i].width < (crowded ? TINY_IN_CROWD : TINY) && !looked) continue;
    const others = boxes.filter((_, other) => other !== i);
    const around = { taken: [...taken, ...others], crowded };
    taken.push(drawLabel(context, faces[i], boxes[i], view, around, looked));
  }
  context.restore();
}

/**
 * Returns where a face's box is on what is drawn onto.
 *
 * @param {Face} face
 * @param {View} view
 * @returns {Rectangle}
 */
export function placedBox(face, view) {
  const { x, y, width, height } = face.box;
  const left = view.scale * x;
  const wide = view.scale * width;
  return {
    x: view.mirrored ? view.width - left - wide : left,
    y: view.scale * y,
    width: wide,
    height: view.scale * height,
  };
}

/** @param {Face} face */
function colour(face) {
  return COLOURS[face.gender?.label ?? "undetermined"];
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
  let { place, covered } = freePlace(box, label, view, taken);
  const covers = covered > MOST_COVERING * label.width * label.height;
  if (!looked && (crowded || covers || box.width < COMPACT)) {
    label = measured(context, face, box, view, true);
    ({ place } = freePlace(box, label, view, taken));
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
  context.fillText(label.years, start, middle);
  context.fillStyle = "rgb(255 255 255 / 94%)";
  context.font = label.plain;
  context.fillText(label.details, start + forward * (label.yearsWidth + label.pad), middle);
  return place;
}

/**
 * Returns a label's texts and size.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {Face} face
 * @param {Rectangle} box
 * @param {View} view
 * @param {boolean} compact Whether the years alone are written.
 */
function measured(context, face, box, view, compact) {
  const size = (view.fontSize ?? fontSize(box, view)) * (compact ? 0.85 : 1);
  const family = getComputedStyle(document.body).fontFamily;
  const [bold, plain] = [`650 ${size}px ${family}`, `400 ${size * 0.88}px ${family}`];
  const years = number(Math.round(face.age?.years ?? 0));
  const details = compact ? "" : detailsOf(face, view.numbered ?? false);
  const pad = size * (compact ? 0.35 : 0.5);
  context.direction = direction();
  context.textAlign = "start";
  context.textBaseline = "middle";
  context.font = bold;
  const yearsWidth = context.measureText(years).width;
  context.font = plain;
  const detailsWidth = details ? context.measureText(details).width + pad : 0;
  const width = yearsWidth + detailsWidth + 2 * pad;
  return { bold, plain, years, yearsWidth, details, pad, width, height: size * (compact ? 1.4 : 1.75) };
}

/**
 * @param {Face} face
 * @param {boolean} numbered
 */
function detailsOf(face, numbered) {
  const { age, gender } = face;
  const parts = [];
  if (numbered && face.track_id !== undefined) parts.push(`#${number(face.track_id)}`);
  if (age) parts.push(range(age.low, age.high));
  if (gender?.label === "undetermined") parts.push(t(GENDER_TEXTS.undetermined));
  else if (gender) {
    parts.push(`${t(GENDER_TEXTS[gender.label])} ${percent(gender[gender.label])}`);
  }
  return parts.join("  ");
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

/**
 * Finds room above, below or inside the box, where least is covered.
 *
 * @param {Rectangle} box
 * @param {{width: number, height: number}} label
 * @param {View} view
 * @param {Rectangle[]} taken
 */
function freePlace(box, { width, height }, view, taken) {
  const gap = height / 6;
  const x = clamp(box.x + box.width / 2 - width / 2, 0, view.width - width);
  const tops = [
    box.y - height - gap,
    box.y + box.height + gap,
    box.y + box.height - height - gap,
    box.y + gap,
  ];
  const places = tops.map((top) => {
    const place = { x, y: clamp(top, 0, view.height - height), width, height };
    return { place, covered: taken.reduce((sum, other) => sum + shared(place, other), 0) };
  });
  return places.reduce((best, other) => (other.covered < best.covered ? other : best));
}

/**
 * @param {number} value
 * @param {number} low
 * @param {number} high
 */
function clamp(value, low, high) {
  return Math.min(Math.max(low, value), Math.max(low, high));
}

/**
 * @param {Rectangle} a
 * @param {Rectangle} b
 */
function shared(a, b) {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  return Math.max(0, width) * Math.max(0, height);
}
