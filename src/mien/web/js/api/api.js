// Talking to the service.

/** @typedef {import("../types").Explanation} Explanation */
/** @typedef {import("../types").Model} Model */
/** @typedef {import("../types").PictureAnswer} PictureAnswer */

/** Problems that pass by themselves. */
const PASSING = new Set(["rate_limited", "overloaded"]);
/** How often one asks again before giving up. */
const TRIES = 4;
const LONGEST_WAIT = 10; // seconds

/** The service cannot, or does not want to, answer. */
export class Problem extends Error {
  /**
   * @param {string} code The service's own, or `unreachable` or `unknown`.
   * @param {number} retryAfter Seconds after which the service wants to be asked again.
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
 * @param {boolean} cropped Whether the whole picture is one face.
 * @returns {Promise<PictureAnswer>}
 * @throws {Problem}
 */
export function analyze(picture, cropped) {
  return send("v1/analyze", { chips: "true", distribution: "true" }, picture, cropped);
}

/**
 * Asks where the model looked.
 *
 * @param {Blob} picture
 * @param {boolean} cropped As it was analysed.
 * @param {number} place Of the face among those of the answer.
 * @returns {Promise<Explanation>}
 * @throws {Problem}
 */
export async function explain(picture, cropped, place) {
  const { faces } = await send("v1/explain", { skip: String(place) }, picture, cropped);
  const explanation = faces[0]?.explanation;
  if (!explanation) throw new Problem("unknown"); // another model, since the service is a new one
  return explanation;
}

/**
 * Sends a picture, again where the service is busy.
 *
 * @param {string} path
 * @param {Record<string, string>} options
 * @param {Blob} picture
 * @param {boolean} cropped
 * @returns {Promise<PictureAnswer>}
 */
async function send(path, options, picture, cropped) {
  const query = new URLSearchParams(options);
  if (cropped) query.set("cropped", "true");
  for (let attempt = 1; ; attempt += 1) {
    try {
      const response = await ask(`${path}?${query}`, {
        method: "POST",
        body: picture,
        headers: { "Content-Type": "application/octet-stream" },
      });
      return (await response.json()).pictures[0];
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
