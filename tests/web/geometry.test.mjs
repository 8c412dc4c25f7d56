import assert from "node:assert/strict";
import { test } from "node:test";

import { boxOnSurface, labelPosition, smallestAt } from "../../src/mien/web/js/drawing/geometry.js";

const SURFACE = { width: 400, height: 300, scale: 0.5 };
const LABEL = { width: 80, height: 24 };

const overlap = (a, b) =>
  Math.max(0, Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x)) *
  Math.max(0, Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y));

test("a box is scaled, and mirrored if the picture is", () => {
  const box = { x: 100, y: 60, width: 80, height: 100 };
  assert.deepEqual(boxOnSurface(box, SURFACE), { x: 50, y: 30, width: 40, height: 50 });
  const mirrored = boxOnSurface(box, { ...SURFACE, mirrored: true });
  assert.deepEqual(mirrored, { x: 310, y: 30, width: 40, height: 50 });
});

test("a label is above its box if it covers nothing there", () => {
  const box = { x: 150, y: 100, width: 60, height: 80 };
  const { area, covered } = labelPosition(box, LABEL, SURFACE, []);
  assert.deepEqual(area, { x: 140, y: 72, width: 80, height: 24 });
  assert.equal(covered, 0);
});

test("a label is below or inside its box if it would cover something above it", () => {
  const box = { x: 150, y: 100, width: 60, height: 80 };
  const above = { x: 100, y: 40, width: 200, height: 60 };
  const below = { x: 100, y: 180, width: 200, height: 60 };
  assert.equal(labelPosition(box, LABEL, SURFACE, [above]).area.y, 184);
  const inside = labelPosition(box, LABEL, SURFACE, [above, below]).area;
  assert.equal(overlap(inside, above) + overlap(inside, below), 0);
  assert.ok(inside.y >= box.y && inside.y + inside.height <= box.y + box.height);
});

test("a label is always inside the surface", () => {
  for (const x of [-40, 0, 370]) {
    for (const y of [-30, 0, 280]) {
      const { area } = labelPosition({ x, y, width: 50, height: 60 }, LABEL, SURFACE, []);
      assert.ok(area.x >= 0 && area.x + area.width <= SURFACE.width, `${x} ${y}`);
      assert.ok(area.y >= 0 && area.y + area.height <= SURFACE.height, `${x} ${y}`);
    }
  }
});

test("a label reports the area that it covers", () => {
  const box = { x: 150, y: 0, width: 60, height: 300 };
  const everything = { x: 0, y: 0, width: 400, height: 300 };
  assert.equal(labelPosition(box, LABEL, SURFACE, [everything]).covered, 80 * 24);
});

test("the smallest rectangle that contains a point is found", () => {
  const large = { x: 0, y: 0, width: 200, height: 200 };
  const small = { x: 50, y: 50, width: 20, height: 20 };
  assert.equal(smallestAt([large, small], 60, 60), 1);
  assert.equal(smallestAt([large, small], 10, 10), 0);
  assert.equal(smallestAt([large, small], 300, 10), null);
});
