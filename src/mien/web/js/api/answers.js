// Reading answers: a picture's faces, and which of their attributes is which.

/** @typedef {import("../page").Entry} Entry */
/** @typedef {import("../types").AgeEstimate} AgeEstimate */
/** @typedef {import("../types").LabelEstimate} LabelEstimate */
/** @typedef {AgeEstimate | LabelEstimate} Estimate */
/** @typedef {{attributes: Record<string, Estimate>}} Described */

/** What a label says that is not certain enough. */
export const UNDETERMINED = "undetermined";

/**
 * Returns what is known of a picture of the tab.
 *
 * @param {Pick<Entry, "document">} entry
 */
export function pictureOf({ document }) {
  return document?.pictures[0] ?? null;
}

/** @param {Pick<Entry, "document">} entry */
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
 * Returns all attributes but the apparent age and gender presentation.
 *
 * @param {Described} face
 */
export function othersOf(face) {
  const special = [ageOf(face), genderOf(face)];
  return Object.entries(face.attributes).filter(
    ([, estimate]) => !special.some((known) => known === estimate),
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
