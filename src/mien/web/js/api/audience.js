// The audience of pictures: the expected number of people by age group and gender presentation.
//
// The service sends the audience of a stream. It analyses pictures one at a time, so that the page
// sums up its pictures. A person with a female presentation of probability 0.7 counts 0.7 as female
// and 0.3 as male. The interval follows from the variance, the sum of p (1 - p), as in
// `mien watch --summary`.

import { ageOf, genderOf } from "./answers.js";

/** @typedef {import("./answers.js").Described} Described */
/** @typedef {import("../types").Expected} Expected */
/** @typedef {import("../types").Summary} Summary */

/** Probability that the interval contains the true number. */
export const LEVEL = 0.8;
/** Half the width of this interval of a normal distribution, in standard deviations. */
const DEVIATIONS = 1.2816;

/**
 * Sums up faces. A person in two pictures counts twice.
 *
 * @param {Described[]} faces
 * @returns {Summary}
 */
export function summarize(faces) {
  const count = faces.length;
  const groups = faces.map((face) => ageOf(face)?.group_probabilities ?? {});
  const genders = faces.map((face) => genderOf(face)?.probabilities ?? {});
  return {
    people: { people: count, low: count, high: count },
    by_group: sums(groups, Object.keys(groups[0] ?? {})),
    by_gender: sums(genders, Object.keys(genders[0] ?? {}).sort()),
  };
}

/**
 * @param {Record<string, number>[]} probabilities Probabilities of each face by name.
 * @param {string[]} names
 * @returns {Record<string, Expected>}
 */
function sums(probabilities, names) {
  return Object.fromEntries(
    names.map((name) => [name, expected(probabilities.map((face) => face[name] ?? 0))]),
  );
}

/**
 * @param {number[]} shares Probabilities of independent people.
 * @returns {Expected}
 */
function expected(shares) {
  const people = shares.reduce((sum, p) => sum + p, 0);
  const spread = DEVIATIONS * Math.sqrt(shares.reduce((sum, p) => sum + p * (1 - p), 0));
  return {
    people,
    low: Math.max(0, people - spread),
    high: Math.min(shares.length, people + spread),
  };
}
