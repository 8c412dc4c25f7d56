// Brings the page's parts together.

import * as api from "./api/api.js";
import { Connection } from "./api/connection.js";
import { byId, element } from "./views/dom.js";
import * as i18n from "./i18n/i18n.js";
import { listenForPictures } from "./files/inputs.js";
import { showFigures, showModel } from "./views/limits.js";
import { LiveView } from "./views/live-view.js";
import { PictureView } from "./views/picture-view.js";
import { describe } from "./views/problems.js";
import { Queue } from "./api/queue.js";
import { saveCsv, saveJson, savePictures, saveSummary } from "./files/save.js";
import { CameraError } from "./api/stream.js";
import { summarize, summaryPanel } from "./views/summary.js";

/** @typedef {import("./types").Model} Model */
/** @typedef {import("./types").Picture} Picture */

const { t } = i18n;

/** Faces of a single picture that are an audience. */
const AUDIENCE = 5;
const LOCAL = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** Pictures of this tab, the newest first. @type {PictureView[]} */
let views = [];
const connection = new Connection(restored);
const queue = new Queue(showStep, (error) => connection.report(error));
/** @type {Model | null} */
let model = null;
/** @type {LiveView | null} */
let live = null;
/** Why there is no camera, a text of the catalogue. @type {string | null} */
let cameraProblem = null;

const stage = {
  pictures: byId("pictures", HTMLElement),
  live: byId("live", HTMLElement),
  tools: byId("tools", HTMLElement),
  count: byId("count", HTMLElement),
  audience: byId("audience", HTMLElement),
};
const files = byId("files", HTMLInputElement);

/** @type {import("./views/picture-view.js").Actions} */
const actions = {
  remove,
  retry: analyzeLater,
  takeWhole(picture) {
    picture.cropped = true;
    analyzeLater(picture);
  },
  choose: () => files.click(),
  explain: (picture, place) => api.explain(picture.blob, picture.cropped, place),
  failed: (error) => actions.describe(connection.report(error)),
  describe: (code) => describe(code, model?.limits ?? null),
};

// Pictures --------------------------------------------------------------------------------------

/**
 * Takes pictures in, the sample away.
 *
 * @param {Iterable<Blob>} blobs
 * @param {string} [name] Of those that are not files.
 */
function add(blobs, name = "") {
  const pictures = [...blobs].map((blob) => newPicture(blob, blob instanceof File ? blob.name : name));
  if (pictures.length === 0) return;
  location.hash = "#faces";
  removeSample();
  const added = pictures.map((picture) => new PictureView(picture, actions));
  views = [...added, ...views];
  stage.pictures.prepend(...added.map((view) => view.element));
  pictures.forEach(analyzeLater);
}

/**
 * @param {Blob} blob
 * @param {string} name
 * @param {boolean} sample
 * @returns {Picture}
 */
function newPicture(blob, name, sample = false) {
  const url = URL.createObjectURL(blob);
  const empty = { cropped: false, answer: null, problem: null };
  return { name, blob, url, sample, state: "waiting", ...empty };
}

/** @param {Picture} picture */
function remove(picture) {
  takeAway(picture);
  showState();
  // The button that was pressed is gone; the keyboard goes on from here.
  (views[0]?.element.querySelector("button") ?? byId("choose", HTMLElement)).focus();
}

/** @param {Picture} picture */
function takeAway(picture) {
  const view = views.find((candidate) => candidate.picture === picture);
  views = views.filter((candidate) => candidate !== view);
  view?.element.remove();
  queue.forget(picture);
  URL.revokeObjectURL(picture.url);
}

function removeSample() {
  for (const { picture } of views) if (picture.sample) takeAway(picture);
}

function clear() {
  for (const { picture } of views) takeAway(picture);
  showState();
  byId("choose", HTMLElement).focus();
  showSample();
}

async function showSample() {
  try {
    const sample = newPicture(await api.fetchSample(), "astronaut.jpg", true);
    if (views.length > 0 || live) return;
    const view = new PictureView(sample, actions);
    views = [view];
    stage.pictures.append(view.element);
    analyzeLater(sample);
  } catch (error) {
    connection.report(error);
  }
}

/** @param {Picture} picture */
function analyzeLater(picture) {
  queue.add(picture, model?.limits.max_body_bytes ?? Infinity);
}

/** @param {Picture} picture */
function showStep(picture) {
  views.find((view) => view.picture === picture)?.render();
  showState();
  const count = picture.answer?.faces.length;
  if (count === 0) announce(`${picture.name}: ${t("picture.none")}`);
  else if (count) announce(t("picture.alt", { name: picture.name, count }));
}

// What is around them ---------------------------------------------------------------------------

/** Pictures with an answer, as they stand on the page. */
function answered() {
  return views.map(({ picture }) => picture).filter(({ answer }) => answer !== null);
}

function showState() {
  const pictures = answered();
  const faces = pictures.flatMap(({ answer }) => answer?.faces ?? []);
  stage.tools.hidden = pictures.every(({ sample }) => sample);
  stage.count.textContent = [
    t("results.pictures", { count: views.length }),
    t("picture.faces", { count: faces.length }),
  ].join(" · ");
  for (const id of ["save-json", "save-csv", "save-pictures"]) {
    byId(id, HTMLButtonElement).disabled = faces.length === 0;
  }
  const several = faces.length >= AUDIENCE || (pictures.length > 1 && faces.length > 1);
  stage.audience.replaceChildren(
    ...(several ? [summaryPanel(summarize(faces), "faces", saveSummary)] : []),
  );

  const { count, done } = queue.progress;
  byId("progress", HTMLElement).hidden = count < 2;
  byId("progress-text", HTMLElement).textContent = t("results.progress", { count, done });
  const bar = byId("progress-bar", HTMLProgressElement);
  bar.max = count || 1;
  bar.value = done;

  const problem = byId("camera-error", HTMLElement);
  problem.hidden = cameraProblem === null;
  problem.textContent = cameraProblem && t(cameraProblem);
  byId("camera", HTMLElement).hidden = live !== null;
}

/**
 * Tells those who do not see the page.
 *
 * @param {string} text
 */
function announce(text) {
  byId("announcer", HTMLElement).textContent = text;
}

// The service -----------------------------------------------------------------------------------

/** @param {string} problem Its code. */
function restored(problem) {
  if (problem === "unreachable") announce(t("server.back"));
  begin(problem);
}

/**
 * Begins, or goes on where a problem stood in the way.
 *
 * @param {string} problem Its code.
 */
async function begin(problem) {
  if (model === null) await loadModel();
  if (views.length === 0) showSample();
  for (const { picture } of views) if (picture.problem === problem) analyzeLater(picture);
}

async function loadModel() {
  try {
    model = await api.fetchModel();
    showLimits();
  } catch (error) {
    connection.report(error);
  }
}

function showLimits() {
  for (const place of document.querySelectorAll(".where")) {
    const here = LOCAL.has(location.hostname);
    place.textContent = here ? t("notice.here") : t("notice.there", { host: location.host });
  }
  if (model === null) return;
  showFigures(byId("figures", HTMLElement), model);
  showModel(byId("model", HTMLElement), model);
}

// The webcam ------------------------------------------------------------------------------------

async function startCamera() {
  cameraProblem = null;
  live = new LiveView({ stopped: leaveCamera, keep, announce, saveSummary });
  showState();
  try {
    await live.start();
    removeSample();
    stage.live.replaceChildren(live.element);
    live.element.scrollIntoView();
  } catch (error) {
    if (!(error instanceof CameraError)) throw error;
    leaveCamera(error.text);
  }
}

/** @param {string | null} problem */
function leaveCamera(problem) {
  cameraProblem = problem;
  live = null;
  stage.live.replaceChildren();
  showState();
  byId("camera", HTMLElement).focus();
  if (views.length === 0) showSample();
}

/** @param {Blob} picture */
function keep(picture) {
  add([picture], t("add.kept"));
}

// The page --------------------------------------------------------------------------------------

/** Shows the page that the address names. */
function route() {
  const isLimits = location.hash === "#limits";
  byId("limits-page", HTMLElement).hidden = !isLimits;
  byId("faces-page", HTMLElement).hidden = isLimits;
  for (const link of document.querySelectorAll("nav a")) {
    const isHere = (link.getAttribute("href") === "#limits") === isLimits;
    if (isHere) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  if (isLimits) {
    byId("limits-heading", HTMLElement).focus();
    scrollTo(0, 0);
  }
}

/** @param {i18n.Language} language */
async function speak(language) {
  await i18n.useLanguage(language);
  document.title = t("title");
  for (const view of views) view.render();
  live?.render();
  showState();
  showLimits();
}

/** @param {i18n.Language} language */
async function switchLanguage(language) {
  try {
    await speak(language);
    i18n.rememberLanguage(language);
  } catch {
    byId("language", HTMLSelectElement).value = i18n.currentLanguage();
    connection.wait();
  }
}

function listen() {
  const choice = byId("language", HTMLSelectElement);
  for (const [tag, name] of Object.entries(i18n.LANGUAGES)) {
    choice.append(element("option", { value: tag, lang: tag }, name));
  }
  choice.addEventListener("change", () => {
    if (i18n.isLanguage(choice.value)) switchLanguage(choice.value);
  });

  byId("choose", HTMLElement).addEventListener("click", actions.choose);
  files.addEventListener("change", () => {
    add(files.files ?? []);
    files.value = ""; // so that the same file can be chosen again
  });
  byId("camera", HTMLElement).addEventListener("click", startCamera);
  byId("save-json", HTMLElement).addEventListener("click", () => saveJson(answered()));
  byId("save-csv", HTMLElement).addEventListener("click", () => saveCsv(answered()));
  byId("save-pictures", HTMLElement).addEventListener("click", () => savePictures(answered()));
  byId("clear", HTMLElement).addEventListener("click", clear);

  listenForPictures((pictures) => add(pictures, t("add.pasted")));

  byId("skip", HTMLElement).addEventListener("click", (event) => {
    event.preventDefault(); // the address names pages, not places
    byId("content", HTMLElement).focus();
  });
  addEventListener("hashchange", route);
}

async function start() {
  listen();
  route();
  const language = i18n.preferredLanguage();
  byId("language", HTMLSelectElement).value = language;
  await speak(language);
  document.documentElement.dataset.ready = "";
  await begin("");
}

start();
