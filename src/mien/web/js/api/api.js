// Talking to the service.

/** @typedef {import("../page").Options} Options */
/** @typedef {import("../types").Document} Document */
/** @typedef {import("../types").Explanation} Explanation */
/** @typedef {import("../types").Model} Model */

/** Problems that pass by themselves. */
const PASSING = new Set(["rate_limited", "overloaded"]);
/** How often a busy service is asked. */
const TRIES = 4;
const LONGEST_WAIT = 10; // seconds

/** The service cannot answer, or refuses to. */
export class Problem extends Error {
  /**
   * @param {string} code The service's own, or `unreachable` or `unknown`.
   * @param {number} retryAfter Seconds after which the service may be asked again.
   */
  constructor(code, retryAfter = 1) {
    super(code);
    this.code = code;
    this.retryAfter = retryAfter;
  }
}

/**
 * Returns the card of the model in use and the service's limits.
 *
 * @returns {Promise<Model>}
 */
export async function fetchModel() {
  return (await ask("v1/model")).json();
}

/**
 * Returns the sample picture.
 *
 * @returns {Promise<Blob>}
 */
export async function fetchSample() {
  return (await ask("sample.jpg")).blob();
}

/**
 * Gives the service the key that it asks for; the browser then keeps a cookie, which no script sees.
 *
 * @param {string} key
 * @throws {Problem}
 */
export async function giveKey(key) {
  await ask(`?${new URLSearchParams({ key })}`);
}

/** Tells whether the service is there. */
export async function isAlive() {
  try {
    await ask("healthz");
    return true;
  } catch {
    return false;
  }
}

/**
 * Analyses a picture.
 *
 * @param {Blob} picture
 * @param {boolean} cropped Whether the picture is one face and little else.
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
 * Asks where the model looked.
 *
 * @param {string} chip The aligned face, as the answer for its picture has it.
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
 * Returns options as the service reads them in an address.
 *
 * @param {Options} options
 */
export function optionsQuery({ certainty, attributes }) {
  const query = new URLSearchParams({ certainty: String(certainty) });
  for (const name of attributes) query.append("attributes", name);
  return query;
}

/**
 * Returns the bytes of a `data:` URL. The page's policy does not let it be fetched.
 *
 * @param {string} url
 */
export function blobOf(url) {
  const [head, data] = url.split(",");
  const bytes = Uint8Array.from(atob(data), (character) => character.charCodeAt(0));
  return new Blob([bytes], { type: head.slice("data:".length).split(";")[0] });
}

/**
 * Sends a picture, again where the service is busy.
 *
 * @param {string} path
 * @param {URLSearchParams} query
 * @param {Blob} picture
 */
async function send(path, query, picture) {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const response = await ask(`${path}?${query}`, {
        method: "POST",
        body: picture,
        headers: { "Content-Type": "application/octet-stream" },
      });
      return await response.json();
    } catch (error) {
      if (!(error instanceof Problem && PASSING.has(error.code)) || attempt === TRIES) throw error;
      await wait(Math.min(error.retryAfter * attempt, LONGEST_WAIT));
    }
  }
}

/**
 * @param {string} path
 * @param {RequestInit} options
 */
async function ask(path, options = {}) {
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
    // A proxy in between may answer with something else than the service's own problems.
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
