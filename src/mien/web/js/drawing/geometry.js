// Positions of boxes and labels on the surface of a canvas.

/** @typedef {import("../types").Box} Box */
/** @typedef {Box} Rectangle A rectangle in pixels of the surface. */

/**
 * @typedef {object} Surface
 * @property {number} width Width in pixels.
 * @property {number} height Height in pixels.
 * @property {number} scale Pixels of the surface for one pixel of the picture.
 * @property {boolean} [mirrored] Whether left and right are exchanged, as in a mirror.
 */

/**
 * Returns the rectangle of a box of the picture on the surface.
 *
 * @param {Box} box
 * @param {Surface} surface
 * @returns {Rectangle}
 */
export function boxOnSurface({ x, y, width, height }, surface) {
  const left = surface.scale * x;
  const scaledWidth = surface.scale * width;
  return {
    x: surface.mirrored ? surface.width - left - scaledWidth : left,
    y: surface.scale * y,
    width: scaledWidth,
    height: surface.scale * height,
  };
}

/**
 * Returns the index of the smallest rectangle that contains a point.
 *
 * @param {Rectangle[]} rectangles
 * @param {number} x
 * @param {number} y
 * @returns {number | null} Null if no rectangle contains it.
 */
export function smallestAt(rectangles, x, y) {
  let found = null;
  let smallest = Infinity;
  rectangles.forEach((rectangle, i) => {
    const [right, down] = [x - rectangle.x, y - rectangle.y];
    const inside = right >= 0 && down >= 0 && right <= rectangle.width && down <= rectangle.height;
    if (inside && rectangle.width < smallest) [found, smallest] = [i, rectangle.width];
  });
  return found;
}

/**
 * Returns the position of a label above, below or inside its box, where it covers least.
 *
 * @param {Rectangle} box
 * @param {{width: number, height: number}} label
 * @param {{width: number, height: number}} surface
 * @param {Rectangle[]} others Rectangles that the label should not cover.
 * @returns {{area: Rectangle, covered: number}} The area of the label, and how much of the other
 *     rectangles it covers, in square pixels.
 */
export function labelPosition(box, { width, height }, surface, others) {
  const gap = height / 6;
  const x = clamp(box.x + box.width / 2 - width / 2, 0, surface.width - width);
  const tops = [
    box.y - height - gap,
    box.y + box.height + gap,
    box.y + box.height - height - gap,
    box.y + gap,
  ];
  const positions = tops.map((top) => {
    const area = { x, y: clamp(top, 0, surface.height - height), width, height };
    return { area, covered: others.reduce((sum, other) => sum + overlap(area, other), 0) };
  });
  return positions.reduce((best, next) => (next.covered < best.covered ? next : best));
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
 * Returns the area that two rectangles share.
 *
 * @param {Rectangle} a
 * @param {Rectangle} b
 */
function overlap(a, b) {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  return Math.max(0, width) * Math.max(0, height);
}
