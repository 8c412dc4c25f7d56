// Rows of tables from answers.

import { facesOf } from "../api/answers.js";

/** @typedef {import("../api/answers.js").Estimate} Estimate */
/** @typedef {import("../page").Entry} Entry */
/** @typedef {import("../types").Summary} Summary */
/** @typedef {import("./csv.js").Cell} Cell */

/**
 * Returns a row for each face, with the columns of `mien analyze --csv`.
 *
 * @param {Pick<Entry, "name" | "document">[]} entries
 * @returns {Record<string, Cell>[]}
 */
export function faceRows(entries) {
  return entries.flatMap((entry) =>
    facesOf(entry).map(({ box, score, quality, attributes }, i) => ({
      path: entry.name,
      face: i + 1,
      x: box.x,
      y: box.y,
      width: box.width,
      height: box.height,
      score,
      size: quality.size,
      sharpness: quality.sharpness,
      frontality: quality.frontality,
      rotation: quality.rotation,
      hints: quality.hints.join(", "),
      ...Object.fromEntries(Object.entries(attributes).flatMap(cells)),
    })),
  );
}

/**
 * @param {[string, Estimate]} attribute
 * @returns {[string, Cell][]}
 */
function cells([name, estimate]) {
  if (estimate.kind === "distribution") {
    const { years, low, high } = estimate;
    return [[`${name}_years`, years], [`${name}_low`, low], [`${name}_high`, high]];
  }
  /** @type {[string, Cell][]} */
  const probabilities = Object.entries(estimate.probabilities).map(([label, probability]) => [
    `${name}_${label}`,
    probability,
  ]);
  return [[name, estimate.label], ...probabilities];
}

/**
 * Returns a row for each age group and gender presentation.
 *
 * @param {Summary} summary
 * @returns {Record<string, Cell>[]}
 */
export function audienceRows(summary) {
  return [
    { of: "all", name: "all", ...summary.people },
    ...Object.entries(summary.by_group).map(([name, cell]) => ({ of: "age_group", name, ...cell })),
    ...Object.entries(summary.by_gender).map(([name, cell]) => ({ of: "gender", name, ...cell })),
  ];
}
