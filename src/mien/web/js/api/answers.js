// Access to answers: the picture of an answer, its faces, and their attributes.

/** @typedef {import("../page").Entry} Entry */
/** @typedef {import("../types").AgeEstimate} AgeEstimate */
/** @typedef {import("../types").LabelEstimate} LabelEstimate */
/** @typedef {AgeEstimate | LabelEstimate} Estimate */
/** @typedef {{attributes: Record<string, Estimate>}} Described */

/** The label of an estimate that is not certain enough. */
export const UNDETERMINED = "undetermined";

/**
 * Returns the answer for a picture of the tab; null if there is none yet.
 *
 * @param {Pick<Entry, "document">} entry
 */
export function pictureOf({ document }) {
  return document?.pictures[0] ?? null;
}

/**
 * Returns the faces of a picture of the tab; none if there is no answer yet.
 *
 * @param {Pick<Entry, "document">} entry
 */
export function facesOf(entry) {
  return pictureOf(entry)?.faces ?? [];
}

/**
 * Returns the apparent age; null if the model does not predict it.
 *
 * @param {Described} face
 */
export function ageOf({ attributes }) {
  const { age } = attributes;
  return age?.kind === "distribution" ? age : null;
}

/**
 * Returns the apparent gender presentation; null if the model does not predict it.
 *
 * @param {Described} face
 */
export function genderOf({ attributes }) {
  const { gender } = attributes;
  return gender?.kind === "label" ? gender : null;
}

/**
 * Returns the names and estimates of all other attributes.
 *
 * @param {Described} face
 */
export function othersOf(face) {
  const known = [ageOf(face), genderOf(face)];
  return Object.entries(face.attributes).filter(
    ([, estimate]) => !known.some((other) => other === estimate),
  );
}

/**
 * Returns the labels of an estimate with their probabilities, the most probable first.
 *
 * @param {LabelEstimate} estimate
 */
export function byProbability({ probabilities }) {
  return Object.entries(probabilities).sort(([, a], [, b]) => b - a);
}
