import assert from "node:assert/strict";
import { test } from "node:test";

import { labelTexts } from "../../src/mien/web/js/drawing/overlay.js";
import { age, female, label, loadLanguage } from "./reading.mjs";

const HAT = label({ no: 0.02, yes: 0.98 }, "yes", "yes");

/** Returns the texts of a label without the characters that keep a range together. */
function texts(attributes, further = {}) {
  loadLanguage("en");
  return JSON.parse(
    JSON.stringify(labelTexts({ attributes, ...further })).replaceAll("\u2060", ""),
  );
}

test("each attribute beside age and gender has its own line of the label", () => {
  const attributes = { age: age(27), gender: female(0.99), hat: HAT };
  const expected = { title: "27", beside: ["22–33", "female 99%"], below: ["hat: yes 98%"] };
  assert.deepEqual(texts(attributes), expected);
  expected.beside.unshift("#7");
  assert.deepEqual(texts(attributes, { person_id: 7 }), expected);
});

test("the title of a label without an age is its first text", () => {
  const gender = { title: "female 99%", beside: [], below: ["hat: yes 98%"] };
  assert.deepEqual(texts({ gender: female(0.99), hat: HAT }), gender);
  assert.deepEqual(texts({ hat: HAT }), { title: "hat: yes 98%", beside: [], below: [] });
  assert.deepEqual(texts({}), { title: "", beside: [], below: [] });
});
