import assert from "node:assert/strict";
import { test } from "node:test";

import * as formats from "../../src/mien/web/js/i18n/formats.js";
import { firstLanguage, regionalTag } from "../../src/mien/web/js/i18n/languages.js";

const plain = (text) => text.replace(/[\u2060\u00a0\u202f]/g, (c) => (c === "\u2060" ? "" : " "));

test("numbers have the form of the language", () => {
  formats.setLocale("en");
  assert.equal(formats.number(1234.5, 1), "1,234.5");
  assert.equal(formats.number(26.9), "27");
  formats.setLocale("de");
  assert.equal(formats.number(1234.5, 1), "1.234,5");
  formats.setLocale("hi");
  assert.equal(formats.number(1234567), "12,34,567");
});

test("a probability is never rounded to 0 or 100 per cent", () => {
  formats.setLocale("en");
  assert.equal(formats.percent(0.9999), "> 99%");
  assert.equal(formats.percent(0.0001), "< 1%");
  assert.equal(formats.percent(0.994), "99%");
  assert.equal(formats.percent(0.5), "50%");
  formats.setLocale("tr");
  assert.equal(formats.percent(0.92), "%92");
});

test("an interval has no line break in it", () => {
  formats.setLocale("en");
  assert.equal(formats.range(21.6, 33.4), "22\u2060–\u206033");
  assert.equal(formats.range(21.6, 22.4), "22");
  assert.equal(plain(formats.range(0.25, 1.5, 1)), "0.3–1.5");
});

test("shares, units and lists follow the language", () => {
  formats.setLocale("fr");
  assert.equal(plain(formats.share(0.9876)), "98,8 %");
  assert.equal(plain(formats.withUnit(5.25, "year", 1)), "5,3 ans");
  assert.equal(formats.list(["nez", "bouche", "front"]), "nez, bouche et front");
  formats.setLocale("ar");
  assert.equal(formats.plural(2), "two");
  assert.equal(formats.plural(11), "many");
});

test("a formatter is made once for each language, not for each number", () => {
  const made = [];
  const { NumberFormat } = Intl;
  Intl.NumberFormat = class extends NumberFormat {
    constructor(...options) {
      super(...options);
      made.push(options);
    }
  };
  try {
    for (const tag of ["en", "de"]) {
      formats.setLocale(tag);
      for (let i = 0; i < 500; i += 1) {
        formats.number(i);
        formats.percent(i / 500);
        formats.range(i, i + 3);
      }
    }
  } finally {
    Intl.NumberFormat = NumberFormat;
  }
  assert.deepEqual(new Set(made.map(([tag]) => tag)), new Set(["en", "de"]));
  assert.equal(made.length, 4);
});

test("the first known language and the region of the user are used", () => {
  assert.equal(firstLanguage(["", "sv-SE", "pt-BR", "en"]), "pt");
  assert.equal(firstLanguage(["sv"]), "en");
  assert.equal(regionalTag("de", ["en-GB", "de-CH"]), "de-CH");
  assert.equal(regionalTag("de", ["en-GB"]), "de");
  formats.setLocale("en-IN");
  assert.equal(formats.number(1234567), "12,34,567");
});
