import assert from "node:assert/strict";
import { test } from "node:test";

import {
  attributeName,
  estimateText,
  labelName,
  noticeText,
} from "../../src/mien/web/js/i18n/attributes.js";
import { ageGroup, direction, t } from "../../src/mien/web/js/i18n/i18n.js";
import { age, female, label, loadLanguage, TAGS } from "./reading.mjs";

test("a count decides the plural, and numbers have the form of the language", () => {
  loadLanguage("en");
  assert.equal(t("picture.faces", { count: 1 }), "1 face");
  assert.equal(t("picture.faces", { count: 1200 }), "1,200 faces");
  assert.equal(t("picture.remove", { name: "a.jpg" }), "Remove a.jpg");
  loadLanguage("ar", ["ar-EG"]);
  assert.equal(direction(), "rtl");
  assert.match(t("picture.remove", { name: "a.jpg" }), /\u2068a\.jpg\u2069/);
});

test("a missing text is an error", () => {
  loadLanguage("en");
  assert.throws(() => t("no.such-text"), /no\.such-text/);
});

test("age groups are written as intervals", () => {
  loadLanguage("en");
  assert.equal(ageGroup("20-29").replaceAll("\u2060", ""), "20–29");
  assert.equal(ageGroup("70+"), "70 and over");
});

test("an undetermined label has its leaning", () => {
  loadLanguage("en");
  assert.equal(estimateText("gender", female(0.994)), "female 99%");
  assert.equal(estimateText("gender", female(0.92, false)), "leans female 92%");
  assert.equal(estimateText("gender", female(0.08, false)), "leans male 92%");
  assert.equal(estimateText("gender", female(0.6, false)), "undetermined");
});

test("the leaning in every language has the name of the label", () => {
  const texts = TAGS.map((tag) => {
    loadLanguage(tag);
    const text = estimateText("gender", female(0.92, false));
    assert.ok(text.includes(labelName("gender", "female")), tag);
    assert.notEqual(text, estimateText("gender", female(0.92)), tag);
    return text;
  });
  assert.equal(new Set(texts).size, TAGS.length);
});

test("an age is written with its interval", () => {
  loadLanguage("en");
  assert.equal(estimateText("age", age(26.9)).replaceAll("\u2060", ""), "27 (22–33)");
});

test("an attribute without a translation is shown with the texts of the model", () => {
  loadLanguage("de");
  assert.equal(attributeName("hat"), "hat");
  assert.equal(estimateText("hat", label({ no: 0.02, yes: 0.98 }, "yes", "yes")), "yes 98\u00a0%");
  assert.equal(noticeText("Ask first."), "Ask first.");
  assert.equal(attributeName("toString"), "toString");
  assert.equal(attributeName("ethnicity"), "Scheinbare Ethnizität");
  assert.equal(labelName("ethnicity", "White"), "weiß");
  assert.equal(labelName("coat", "White"), "White");
});
