import assert from "node:assert/strict";
import { test } from "node:test";

import { csv } from "../../src/mien/web/js/files/csv.js";
import { audienceRows, faceRows } from "../../src/mien/web/js/files/rows.js";
import { age, face, female, label } from "./reading.mjs";

const entry = (name, ...faces) => ({ name, document: { pictures: [{ faces }] } });

test("a table has a line of titles, and quotes special characters", () => {
  const rows = [{ name: 'a "b", c', count: 1.5 }, { name: "line\nbreak", count: null }];
  assert.equal(csv(rows), 'name,count\r\n"a ""b"", c",1.5\r\n"line\nbreak",\r\n');
});

test("a text that a spreadsheet would read as a formula is marked as text", () => {
  for (const text of ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"]) {
    const cell = text.startsWith("\r") ? `"'${text}"` : `'${text}`;
    assert.equal(csv([{ name: text }]), `name\r\n${cell}\r\n`);
  }
  assert.equal(csv([{ name: '=HYPERLINK("a")' }]), 'name\r\n"\'=HYPERLINK(""a"")"\r\n');
});

test("a negative number stays a number", () => {
  assert.equal(csv([{ x: -3.5 }]), "x\r\n-3.5\r\n");
});

test("rows may have different members", () => {
  assert.equal(csv([{ a: 1 }, { a: 2, b: 3 }]), "a,b\r\n1,\r\n2,3\r\n");
});

test("each face has a row with all of its attributes", () => {
  const hat = label({ no: 0.1, yes: 0.9 }, "undetermined", "yes");
  const faces = [face({ age: age(26.9), gender: female(0.99), hat }), face({ hat })];
  const [first, second] = faceRows([entry("a.jpg", ...faces), entry("none.jpg")]);
  assert.equal(first.path, "a.jpg");
  assert.equal(first.face, 1);
  assert.equal(first.rotation, null);
  assert.equal(first.hints, "small, blurred");
  assert.equal(first.age_years, 26.9);
  assert.equal(first.gender, "female");
  assert.equal(first.gender_female, 0.99);
  assert.equal(first.hat, "undetermined");
  assert.equal(first.hat_yes, 0.9);
  assert.equal(second.face, 2);
  assert.ok(!("age_years" in second));
  assert.equal(second.hat_no, 0.1);
});

test("the audience has a row for each group", () => {
  const cell = { people: 0.5, low: 0, high: 1 };
  const summary = {
    people: { people: 1, low: 1, high: 1 },
    by_group: { "20-29": cell, "30-39": cell },
    by_gender: { female: cell, male: cell },
  };
  assert.deepEqual(
    audienceRows(summary).map(({ of, name }) => `${of} ${name}`),
    ["all all", "age_group 20-29", "age_group 30-39", "gender female", "gender male"],
  );
});
