// Where boxes and labels are on what is drawn onto.

/** @typedef {import("../types").Box} Box */
/** @typedef {Box} Rectangle In pixels of what is drawn onto. */

/**
 * @typedef {object} Surface
 * @property {number} width Of what is drawn onto, in its own pixels.
 * @property {number} height
 * @property {number} scale From the picture's pixels to those.
 * @property {boolean} [mirrored] Whether left and right are exchanged, as in a mirror.
 */

/**
 * Returns where a box of the picture is on the surface.
 *
 * @param {Box} box
 * @param {Surface} surface
 * @returns {Rectangle}
 */
export function placedBox({ x, y, width, height }, surface) {
  const left = surface.scale * x;
  const wide = surface.scale * width;
  return {
    x: surface.mirrored ? surface.width - left - wide : left,
    y: surface.scale * y,
    width: wide,
    height: surface.scale * height,
  };
}

/**
 * Returns the index of the smallest rectangle that holds a point.
 *
 * @param {Rectangle[]} rectangles
 * @param {number} x
 * @param {number} y
 * @returns {number | null}
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
 * Finds room for a label above, below or inside its box, where it covers least.
 *
 * @param {Rectangle} box
 * @param {{width: number, height: number}} label
 * @param {{width: number, height: number}} surface
 * @param {Rectangle[]} taken What should not be covered.
 * @returns {{place: Rectangle, covered: number}} With the area that is covered.
 */
export function labelPlace(box, { width, height }, surface, taken) {
  const gap = height / 6;
  const x = clamp(box.x + box.width / 2 - width / 2, 0, surface.width - width);
  const tops = [
    box.y - height - gap,
    box.y + box.height + gap,
    box.y + box.height - height - gap,
    box.y + gap,
  ];
  const places = tops.map((top) => {
    const place = { x, y: clamp(top, 0, surface.height - height), width, height };
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
 * Returns the area that two rectangles share.
 *
 * @param {Rectangle} a
 * @param {Rectangle} b
 */
function shared(a, b) {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  return Math.max(0, width) * Math.max(0, height);
}
