// Charts of an age on a scale from 0 to 100: the estimate as a mark, its interval as a bar, and the
// whole distribution as a curve.

import { element, svgElement } from "../views/dom.js";
import { number } from "../i18n/formats.js";

/** @typedef {import("../types").AgeEstimate} AgeEstimate */

const OLDEST = 100;
const TICKS = [0, 20, 40, 60, 80, 100];
/** Height of the curve, in units of its drawing. */
const HEIGHT = 40;

/**
 * Draws the estimate and its interval.
 *
 * @param {AgeEstimate} age
 */
export function ageScale(age) {
  const bar = element("div", { class: "scale-interval" });
  put(bar, age.low, age.high);
  const mark = element("div", { class: "scale-mark" });
  put(mark, age.years, age.years);
  const track = element("div", { class: "scale-track" }, bar, mark);
  return element("div", { class: "scale", "aria-hidden": "true" }, track, axis());
}

/**
 * Draws the distribution of ages; the part inside the interval is emphasised.
 *
 * @param {number[]} distribution
 * @param {AgeEstimate} age
 */
export function ageDistribution(distribution, age) {
  const highest = Math.max(...distribution);
  const top = distribution.map((p, years) => `${years},${HEIGHT * (1 - p / highest)}`);
  const hill = `0,${HEIGHT} ${top.join(" ")} ${OLDEST},${HEIGHT}`;
  const within = distribution
    .map((p, years) => ({ years, y: HEIGHT * (1 - p / highest) }))
    .filter(({ years }) => years >= Math.round(age.low) && years <= Math.round(age.high));
  const inner = [
    `${within[0]?.years ?? 0},${HEIGHT}`,
    ...within.map(({ years, y }) => `${years},${y}`),
    `${within.at(-1)?.years ?? 0},${HEIGHT}`,
  ].join(" ");
  const chart = svgElement(
    "svg",
    { viewBox: `0 0 ${OLDEST} ${HEIGHT}`, preserveAspectRatio: "none", class: "hill" },
    svgElement("polygon", { points: hill, class: "hill-all" }),
    svgElement("polygon", { points: inner, class: "hill-interval" }),
  );
  return element("div", { class: "distribution", "aria-hidden": "true" }, chart, axis());
}

function axis() {
  const ticks = TICKS.map((years) => {
    const tick = element("span", { class: "tick" }, number(years));
    put(tick, years, years);
    return tick;
  });
  return element("div", { class: "axis" }, ...ticks);
}

/**
 * Positions a part on the scale.
 *
 * @param {HTMLElement} part
 * @param {number} from Age in years.
 * @param {number} to Age in years.
 */
function put(part, from, to) {
  const [low, high] = [from, to].map((years) => Math.min(Math.max(years, 0), OLDEST));
  part.style.setProperty("inset-inline-start", `${(100 * low) / OLDEST}%`);
  part.style.setProperty("--extent", `${(100 * (high - low)) / OLDEST}%`);
}
