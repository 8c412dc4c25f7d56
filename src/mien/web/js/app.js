// Connects the parts of the page.

import * as api from "./api/api.js";
import { CameraError } from "./api/camera.js";
import { Connection } from "./api/connection.js";
import { listenForPictures } from "./files/inputs.js";
import { saveSummary } from "./files/save.js";
import { t } from "./i18n/i18n.js";
import { byId } from "./views/dom.js";
import { Gallery } from "./views/gallery.js";
import { LanguageChoice } from "./views/language-choice.js";
import { showFigures, showModel } from "./views/limits.js";
import { LiveView } from "./views/live-view.js";
import { OptionsView } from "./views/options.js";
import { followAddress } from "./views/pages.js";
import { describe } from "./views/problems.js";

/** @typedef {import("./types").Model} Model */

const LOCAL = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** @type {Model | null} */
let model = null;
/** @type {LiveView | null} */
let live = null;
/** Key of the text that says why the camera cannot be used. @type {string | null} */
let cameraProblem = null;

const files = byId("files", HTMLInputElement);
const connection = new Connection(restored);
const language = new LanguageChoice(render);
const options = new OptionsView(byId("options", HTMLElement), (chosen) => {
  gallery.analyzeAgain();
  live?.setOptions(chosen);
});
const gallery = new Gallery({
  options: () => options.options,
  limit: () => model?.limits.max_body_bytes ?? Infinity,
  report: (error) => connection.report(error),
  describe: (code) => describe(code, model?.limits ?? null),
  announce,
  choose: () => files.click(),
  hasSample: () => live === null,
});

/**
 * @param {Iterable<Blob>} pictures
 * @param {string} [name] Name of pictures that are not files.
 */
function add(pictures, name) {
  const blobs = [...pictures];
  if (blobs.length === 0) return;
  location.hash = "#faces";
  gallery.add(blobs, name);
}

/**
 * Announces a text to users of a screen reader.
 *
 * @param {string} text
 */
function announce(text) {
  byId("announcer", HTMLElement).textContent = text;
}

/** Shows everything in the current language. */
function render() {
  options.render();
  gallery.render();
  live?.render();
  showCamera();
  showLimits();
}

// The service -----------------------------------------------------------------------------------

/** @param {string} problem Code of the problem that has ended. */
function restored(problem) {
  if (problem === "unreachable") announce(t("server.back"));
  begin(problem);
}

/**
 * Begins, or continues after a problem.
 *
 * @param {string} problem Code of the problem that has ended; empty at the beginning.
 */
async function begin(problem) {
  if (model === null) await loadModel();
  gallery.showSample();
  gallery.resume(problem);
}

async function loadModel() {
  try {
    model = await api.fetchModel();
    options.setModel(model);
    showLimits();
  } catch (error) {
    connection.report(error);
  }
}

function showLimits() {
  const here = LOCAL.has(location.hostname);
  for (const notice of document.querySelectorAll(".where")) {
    notice.textContent = here ? t("notice.here") : t("notice.there", { host: location.host });
  }
  if (model === null) return;
  showFigures(byId("figures", HTMLElement), model);
  showModel(byId("model", HTMLElement), model);
}

// The webcam ------------------------------------------------------------------------------------

async function startCamera() {
  cameraProblem = null;
  live = new LiveView(options.options, {
    stopped: leaveCamera,
    keep: (picture) => add([picture], t("add.kept")),
    announce,
    saveSummary,
  });
  showCamera();
  try {
    await live.start();
    gallery.removeSample();
    byId("live", HTMLElement).replaceChildren(live.element);
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
  byId("live", HTMLElement).replaceChildren();
  showCamera();
  byId("camera", HTMLElement).focus();
  gallery.showSample();
}

function showCamera() {
  const problem = byId("camera-error", HTMLElement);
  problem.hidden = cameraProblem === null;
  problem.textContent = cameraProblem && t(cameraProblem);
  byId("camera", HTMLElement).hidden = live !== null;
}

// The page --------------------------------------------------------------------------------------

async function start() {
  byId("choose", HTMLElement).addEventListener("click", () => files.click());
  files.addEventListener("change", () => {
    add(files.files ?? []);
    files.value = ""; // so that the same file can be chosen again
  });
  byId("camera", HTMLElement).addEventListener("click", startCamera);
  listenForPictures((pictures) => add(pictures, t("add.pasted")));
  followAddress();
  if (!(await language.start())) {
    byId("no-texts", HTMLElement).hidden = false;
    return;
  }
  document.documentElement.dataset.ready = "";
  await begin("");
}

start();
