import assert from "node:assert/strict";
import { test } from "node:test";

import { labelPlace, placedBox, smallestAt } from "../../src/mien/web/js/drawing/places.js";

const SURFACE = { width: 400, height: 300, scale: 0.5 };
const LABEL = { width: 80, height: 24 };

const overlap = (a, b) =>
  Math.max(0, Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x)) *
  Math.max(0, Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y));

test("a box is scaled, and mirrored where the picture is", () => {
  const box = { x: 100, y: 60, width: 80, height: 100 };
  assert.deepEqual(placedBox(box, SURFACE), { x: 50, y: 30, width: 40, height: 50 });
  const mirrored = placedBox(box, { ...SURFACE, mirrored: true });
  assert.deepEqual(mirrored, { x: 310, y: 30, width: 40, height: 50 });
});

test("a label stands above its box where there is room", () => {
  const box = { x: 150, y: 100, width: 60, height: 80 };
  const { place, covered } = labelPlace(box, LABEL, SURFACE, []);
  assert.deepEqual(place, { x: 140, y: 72, width: 80, height: 24 });
  assert.equal(covered, 0);
});

test("a label goes below, or inside, where above it would cover something", () => {
  const box = { x: 150, y: 100, width: 60, height: 80 };
  const above = { x: 100, y: 40, width: 200, height: 60 };
  const below = { x: 100, y: 180, width: 200, height: 60 };
  assert.equal(labelPlace(box, LABEL, SURFACE, [above]).place.y, 184);
  const inside = labelPlace(box, LABEL, SURFACE, [above, below]).place;
  assert.equal(overlap(inside, above) + overlap(inside, below), 0);
  assert.ok(inside.y >= box.y && inside.y + inside.height <= box.y + box.height);
});

test("a label never leaves the surface", () => {
  for (const x of [-40, 0, 370]) {
    for (const y of [-30, 0, 280]) {
      const { place } = labelPlace({ x, y, width: 50, height: 60 }, LABEL, SURFACE, []);
      assert.ok(place.x >= 0 && place.x + place.width <= SURFACE.width, `${x} ${y}`);
      assert.ok(place.y >= 0 && place.y + place.height <= SURFACE.height, `${x} ${y}`);
    }
  }
});

test("what is covered is the area of what lies below the label", () => {
  const box = { x: 150, y: 0, width: 60, height: 300 };
  const everything = { x: 0, y: 0, width: 400, height: 300 };
  assert.equal(labelPlace(box, LABEL, SURFACE, [everything]).covered, 80 * 24);
});

test("of rectangles that hold a point the smallest is meant", () => {
  const large = { x: 0, y: 0, width: 200, height: 200 };
  const small = { x: 50, y: 50, width: 20, height: 20 };
  assert.equal(smallestAt([large, small], 60, 60), 1);
  assert.equal(smallestAt([large, small], 10, 10), 0);
  assert.equal(smallestAt([large, small], 300, 10), null);
});
