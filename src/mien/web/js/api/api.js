// Requests to the service.

/** @typedef {import("../page").Options} Options */
/** @typedef {import("../types").Document} Document */
/** @typedef {import("../types").Explanation} Explanation */
/** @typedef {import("../types").Model} Model */
/** @typedef {import("../types").Summary} Summary */
/** @typedef {import("./answers.js").Described} Described */

/** Codes of a busy service; a later request may succeed. */
const BUSY = new Set(["rate_limited", "overloaded"]);
/** Maximum number of requests to a busy service. */
const MAX_ATTEMPTS = 4;
const LONGEST_WAIT = 10; // seconds

/** A request failed: the service cannot be reached, cannot answer, or refuses the request. */
export class Problem extends Error {
  /**
   * @param {string} code Code of the service's answer, or `unreachable` or `unknown`.
   * @param {number} retryAfter Seconds until the next request is allowed.
   */
  constructor(code, retryAfter = 1) {
    super(code);
    this.code = code;
    this.retryAfter = retryAfter;
  }
}

/**
 * Returns the card of the model and the limits of the service.
 *
 * @returns {Promise<Model>}
 */
export async function fetchModel() {
  return (await request("v1/model")).json();
}

/**
 * Returns the sample picture.
 *
 * @returns {Promise<Blob>}
 */
export async function fetchSample() {
  return (await request("sample.jpg")).blob();
}

/**
 * Sends the key to the service; the browser then keeps a cookie that scripts cannot read.
 *
 * @param {string} key
 * @throws {Problem}
 */
export async function giveKey(key) {
  await request(`?${new URLSearchParams({ key })}`);
}

/** Returns whether the service can be reached. */
export async function isAlive() {
  try {
    await request("healthz");
    return true;
  } catch {
    return false;
  }
}

/**
 * Analyses a picture.
 *
 * @param {Blob} picture
 * @param {boolean} cropped Whether the picture is a tight crop of one face.
 * @param {Options} options
 * @returns {Promise<Document>}
 * @throws {Problem}
 */
export function analyze(picture, cropped, options) {
  const query = optionsQuery(options);
  query.set("chips", "true");
  query.set("distribution", "true");
  if (cropped) query.set("cropped", "true");
  return send("v1/analyze", query, picture);
}

/**
 * Explains the estimates for a face.
 *
 * @param {string} chip The aligned face from the answer for its picture, as a `data:` URL.
 * @param {Options} options
 * @returns {Promise<Explanation>}
 * @throws {Problem}
 */
export async function explain(chip, options) {
  const query = optionsQuery(options);
  query.set("aligned", "true");
  const { pictures } = await send("v1/explain", query, blobOf(chip));
  const explanation = pictures[0]?.faces[0]?.explanation;
  if (!explanation) throw new Problem("unknown");
  return explanation;
}

/**
 * Counts faces by age group and gender presentation. Only their probabilities are sent.
 *
 * @param {Described[]} faces
 * @returns {Promise<Summary>}
 * @throws {Problem}
 */
export function countFaces(faces) {
  const counted = faces.map(({ attributes: { age, gender } }) => ({ attributes: { age, gender } }));
  const body = new Blob([JSON.stringify({ faces: counted })]);
  return send("v1/audience", new URLSearchParams(), body, "application/json");
}

/**
 * Returns options as query parameters of the service.
 *
 * @param {Options} options
 */
export function optionsQuery({ certainty, attributes }) {
  const query = new URLSearchParams(certainty === undefined ? {} : { certainty: String(certainty) });
  for (const name of attributes) query.append("attributes", name);
  return query;
}

/**
 * Returns the content of a `data:` URL. The page's content security policy forbids to fetch it.
 *
 * @param {string} url
 */
export function blobOf(url) {
  const [head, data] = url.split(",");
  const bytes = Uint8Array.from(atob(data), (character) => character.charCodeAt(0));
  return new Blob([bytes], { type: head.slice("data:".length).split(";")[0] });
}

/**
 * Sends a body; if the service is busy, it is sent again later.
 *
 * @param {string} path
 * @param {URLSearchParams} query
 * @param {Blob} body
 * @param {string} type Media type of the body.
 */
async function send(path, query, body, type = "application/octet-stream") {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const response = await request(`${path}?${query}`, {
        method: "POST",
        body,
        headers: { "Content-Type": type },
      });
      return await response.json();
    } catch (error) {
      const busy = error instanceof Problem && BUSY.has(error.code);
      if (!busy || attempt === MAX_ATTEMPTS) throw error;
      await wait(Math.min(error.retryAfter * attempt, LONGEST_WAIT));
    }
  }
}

/**
 * @param {string} path
 * @param {RequestInit} options
 * @throws {Problem}
 */
async function request(path, options = {}) {
  let response;
  try {
    response = await fetch(path, { cache: "no-store", ...options });
  } catch {
    throw new Problem("unreachable");
  }
  if (response.ok) return response;
  let code = "unknown";
  try {
    code = (await response.json()).code ?? code;
  } catch {
    // The answer may be that of a proxy, which is not in the form of the service.
  }
  throw new Problem(code, Number(response.headers.get("Retry-After")) || 1);
}

/**
 * @param {number} seconds
 * @returns {Promise<void>}
 */
export function wait(seconds) {
  return new Promise((resolve) => setTimeout(resolve, 1000 * seconds));
}
