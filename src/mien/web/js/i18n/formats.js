// Numbers, shares, intervals and lists in the form of a language, by the browser's Intl.
//
// To make a formatter takes about a hundred times as long as to use it. Each formatter is therefore
// made once for each language.

/** @type {Map<string, any>} */
const formatters = new Map();
let locale = "en";

/** @param {string} tag Tag of the language, with a region if there is one. */
export function setLocale(tag) {
  locale = tag;
  formatters.clear();
}

/**
 * @param {string} name
 * @param {Intl.NumberFormatOptions} options
 * @returns {Intl.NumberFormat}
 */
function numberFormat(name, options) {
  return cached(name, () => new Intl.NumberFormat(locale, options));
}

/**
 * @template T
 * @param {string} name
 * @param {() => T} make
 * @returns {T}
 */
function cached(name, make) {
  let formatter = formatters.get(name);
  if (formatter === undefined) {
    formatter = make();
    formatters.set(name, formatter);
  }
  return formatter;
}

/** @param {number} digits */
function decimals(digits) {
  return { minimumFractionDigits: digits, maximumFractionDigits: digits };
}

/**
 * Writes a number.
 *
 * @param {number} value
 * @param {number} digits Digits after the decimal point.
 */
export function number(value, digits = 0) {
  return numberFormat(`number ${digits}`, decimals(digits)).format(value);
}

/**
 * Writes a probability in whole per cent; it is never rounded to 0 or 100 per cent.
 *
 * @param {number} probability
 */
export function percent(probability) {
  if (probability > 0.995) return `> ${share(0.99, 0)}`;
  if (probability < 0.005) return `< ${share(0.01, 0)}`;
  return share(probability, 0);
}

/**
 * Writes a measured share in per cent.
 *
 * @param {number} value
 * @param {number} digits Digits after the decimal point.
 */
export function share(value, digits = 1) {
  return numberFormat(`share ${digits}`, { style: "percent", ...decimals(digits) }).format(value);
}

/**
 * Writes an interval.
 *
 * @param {number} low
 * @param {number} high
 * @param {number} digits Digits after the decimal point.
 */
export function range(low, high, digits = 0) {
  const format = numberFormat(`number ${digits}`, decimals(digits));
  const [from, to] = [low, high].map((end) => Number(end.toFixed(digits)));
  if (from === to) return format.format(from);
  // No line may end inside the interval.
  return format.formatRange(from, to).replaceAll("–", "\u2060–\u2060");
}

/**
 * Writes a number with its unit.
 *
 * @param {number} value
 * @param {"year" | "millisecond" | "megabyte"} unit
 * @param {number} digits Digits after the decimal point.
 */
export function withUnit(value, unit, digits = 0) {
  const unitDisplay = unit === "year" ? "long" : "short";
  const options = /** @type {const} */ ({ style: "unit", unit, unitDisplay });
  return numberFormat(`${unit} ${digits}`, { ...options, ...decimals(digits) }).format(value);
}

/**
 * Writes an enumeration: "a, b and c".
 *
 * @param {string[]} parts
 */
export function list(parts) {
  return cached("list", () => new Intl.ListFormat(locale, { type: "conjunction" })).format(parts);
}

/**
 * Returns the plural form for a number.
 *
 * @param {number} count
 */
export function plural(count) {
  return cached("plural", () => new Intl.PluralRules(locale)).select(count);
}
