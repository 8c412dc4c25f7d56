// A frame of the webcam with its labels.

import { drawFaces } from "./overlay.js";

/** @typedef {import("../types").StreamAnswer} StreamAnswer */

const FONT_SIZE = 14; // CSS pixels

/**
 * Draws an answer on its own frame, so that labels are never behind a moving face.
 *
 * @param {HTMLCanvasElement} canvas It keeps its width on the page, and gets the frame's proportions.
 * @param {HTMLCanvasElement} frame
 * @param {StreamAnswer} answer
 * @param {boolean} mirrored
 */
export function drawFrame(canvas, frame, answer, mirrored) {
  canvas.parentElement?.style.setProperty("--ratio", `${answer.width} / ${answer.height}`);
  const { clientWidth: width, clientHeight: height } = canvas;
  canvas.width = Math.round(width * devicePixelRatio);
  canvas.height = Math.round(height * devicePixelRatio);
  const context = canvas.getContext("2d");
  if (context === null) return;
  context.scale(devicePixelRatio, devicePixelRatio);
  context.save();
  if (mirrored) {
    context.translate(width, 0);
    context.scale(-1, 1);
  }
  context.drawImage(frame, 0, 0, width, height);
  context.restore();
  const scale = width / answer.width;
  drawFaces(context, answer.faces, { width, height, scale, mirrored, fontSize: FONT_SIZE });
  canvas.dataset.frame = String(answer.frame);
}
