// The picture of the webcam with labels, and the people in view.

import { CameraError, FIRST_CAMERA, openCamera, otherCamera } from "../api/camera.js";
import { Stream } from "../api/stream.js";
import { drawFrame } from "../drawing/frame.js";
import { withUnit } from "../i18n/formats.js";
import { t } from "../i18n/i18n.js";
import { element, icon } from "./dom.js";
import { faceCard } from "./face-card.js";
import { noticeList } from "./notices.js";
import { summaryPanel } from "./summary.js";

/** @typedef {import("../page").Options} Options */
/** @typedef {import("../types").StreamAnswer} StreamAnswer */
/** @typedef {import("../types").Summary} Summary */
/** @typedef {import("../api/stream.js").StreamState} StreamState */

/**
 * @typedef {object} Actions
 * @property {(problem: string | null) => void} stopped Called with the key of a text of the
 *     catalogue if the camera cannot be used any more; with null if the user stopped it.
 * @property {(picture: Blob) => void} keep Called with a picture that the user took.
 * @property {(text: string) => void} announce Announces a text to users of a screen reader.
 * @property {(summary: Summary) => void} saveSummary
 */

/** Milliseconds between two changes of the cards and figures, so that they can be read. */
const RENEWAL_INTERVAL = 400;
/** Maximum number of people whose cards are beside the video; with more, the video is above them. */
const MAX_BESIDE = 1;
/** Milliseconds with fewer people after which the cards are beside the video again. */
const SETTLING_TIME = 5000;
/** Maximum number of people with whole cards; with more, cards show the main attributes only. */
const MAX_WHOLE_CARDS = 3;
/** Milliseconds over which the frame rate is measured. */
const RATE_PERIOD = 3000;

/** @type {Record<StreamState | "connecting", string>} */
const STATES = {
  connecting: "live.connecting",
  live: "live.on",
  lost: "live.lost",
  full: "live.full",
  refused: "live.refused",
};

export class LiveView {
  /**
   * @param {Options} options
   * @param {Actions} actions
   */
  constructor(options, actions) {
    this.element = element("section", { class: "live" });
    this.#options = options;
    this.#actions = actions;
    this.#video = element("video", { playsinline: true, muted: true });
    this.#video.muted = true;
    this.#canvas = element("canvas", { role: "img" });
    this.#status = element("p", { class: "live-status", role: "status" });
    this.#figures = element("p", { class: "live-figures quiet small" });
    this.#notices = element("div");
    this.#people = element("div", { class: "faces" });
    this.#panel = element("article", { class: "picture panel" });
    this.#audience = element("div");
    this.render();
  }

  #options;
  #actions;
  #video;
  #canvas;
  #status;
  #figures;
  #notices;
  #people;
  #panel;
  #audience;
  /** @type {MediaStream | null} */
  #camera = null;
  /** @type {Stream | null} */
  #stream = null;
  /** @type {MediaTrackConstraints | null} */
  #other = null;
  #mirrored = true;
  /** @type {StreamState | "connecting"} */
  #state = "connecting";
  #renewed = 0;
  /** Times at which the frames of the last seconds were shown. @type {number[]} */
  #shown = [];
  #delay = 0;
  #announced = -1;
  /** Time at which more people than fit beside the video were last seen. */
  #crowded = -Infinity;
  /** @type {StreamAnswer | null} */
  #last = null;
  /** @type {Summary | null} */
  #summary = null;

  /**
   * Opens a camera and begins the stream.
   *
   * @param {MediaTrackConstraints} which
   * @throws {CameraError}
   */
  async start(which = FIRST_CAMERA) {
    const camera = await openCamera(which);
    this.#camera = camera;
    const [track] = camera.getVideoTracks();
    // Users expect that the camera on their side is like a mirror.
    this.#mirrored = track.getSettings().facingMode !== "environment";
    track.addEventListener("ended", () => this.stop());
    this.#video.srcObject = camera;
    await this.#video.play();
    this.#other = await otherCamera(track);
    this.render();
    this.#stream = new Stream(this.#video, this.#options, {
      answered: (answer, frame, delay) => this.#show(answer, frame, delay),
      changed: (state) => this.#change(state),
    });
  }

  /** @param {Options} options */
  setOptions(options) {
    this.#options = options;
    this.#stream?.setOptions(options);
  }

  /** Ends the stream and closes the camera. */
  stop() {
    this.#end();
    this.#actions.stopped(null);
  }

  #end() {
    this.#stream?.stop();
    this.#camera?.getTracks().forEach((track) => track.stop());
    this.#camera = null;
  }

  /** @param {MediaTrackConstraints} which */
  async #switchCamera(which) {
    this.#end();
    try {
      await this.start(which);
    } catch (error) {
      if (!(error instanceof CameraError)) throw error;
      this.#actions.stopped(error.text);
    }
  }

  /** Shows everything in the current language. */
  render() {
    this.element.setAttribute("aria-label", t("live.title"));
    this.#canvas.setAttribute("aria-label", t("live.picture"));
    this.#panel.setAttribute("aria-label", t("live.title"));
    this.#panel.replaceChildren(
      element(
        "header",
        { class: "picture-head" },
        element(
          "div",
          { class: "picture-name" },
          element("h2", {}, t("live.title")),
          element("div", { class: "live-line" }, this.#status, this.#figures),
        ),
        element("div", { class: "buttons" }, ...this.#buttons()),
      ),
      element(
        "div",
        { class: "picture-body" },
        element("div", { class: "photo-frame" }, element("div", { class: "photo" }, this.#canvas)),
        element("div", { class: "result" }, this.#notices, this.#people),
      ),
    );
    this.element.replaceChildren(this.#panel, this.#audience);
    this.#showStatus();
    this.#showFigures();
    this.#showSummary();
  }

  #buttons() {
    const other = this.#other;
    return [
      other &&
        element(
          "button",
          {
            type: "button",
            class: "button small icon-only",
            "aria-label": t("live.switch"),
            click: () => this.#switchCamera(other),
          },
          icon("swap"),
        ),
      element(
        "button",
        { type: "button", class: "button small", click: () => this.#keep() },
        icon("camera"),
        t("live.keep"),
      ),
      element(
        "button",
        { type: "button", class: "button small", click: () => this.stop() },
        icon("stop"),
        t("live.stop"),
      ),
    ];
  }

  /** Makes a picture of the current frame of the camera. */
  #keep() {
    const canvas = element("canvas");
    canvas.width = this.#video.videoWidth;
    canvas.height = this.#video.videoHeight;
    canvas.getContext("2d")?.drawImage(this.#video, 0, 0);
    canvas.toBlob((blob) => blob && this.#actions.keep(blob), "image/jpeg", 0.93);
  }

  /** @param {StreamState} state */
  #change(state) {
    if (state === this.#state) return;
    this.#state = state;
    this.#showStatus();
  }

  #showStatus() {
    this.#status.textContent = t(STATES[this.#state]);
    this.element.dataset.state = this.#state;
  }

  /**
   * Shows an answer.
   *
   * @param {StreamAnswer} answer
   * @param {HTMLCanvasElement} frame The frame of the answer.
   * @param {number} delay Milliseconds since the camera took the frame.
   */
  #show(answer, frame, delay) {
    drawFrame(this.#canvas, frame, answer, this.#mirrored);
    this.#last = answer;
    if (answer.summary) {
      this.#summary = answer.summary;
      this.#showSummary();
    }
    const now = performance.now();
    this.#shown.push(now);
    while (now - this.#shown[0] > RATE_PERIOD) this.#shown.shift();
    this.#delay = delay;
    if (now - this.#renewed < RENEWAL_INTERVAL) return;
    this.#renewed = now;
    this.#showFigures();
  }

  #showFigures() {
    const answer = this.#last;
    if (answer === null) return;
    this.#figures.textContent = t("live.figures", {
      rate: (1000 * (this.#shown.length - 1)) / RATE_PERIOD,
      delay: withUnit(this.#delay, "millisecond"),
    });
    const people = answer.faces;
    this.#arrange(people.length);
    const notices = noticeList(answer.notices);
    this.#notices.replaceChildren(...(notices ? [notices] : []));
    this.#people.replaceChildren(
      ...people.map((face) => faceCard(face, t("face.person", { number: face.person_id }))),
    );
    if (people.length === 0) {
      this.#people.append(element("p", { class: "quiet" }, t("live.nobody")));
    }
    if (people.length !== this.#announced) {
      this.#announced = people.length;
      this.#actions.announce(
        people.length === 0 ? t("live.nobody") : t("live.in-view", { count: people.length }),
      );
    }
  }

  /** @param {number} people */
  #arrange(people) {
    const now = performance.now();
    if (people > MAX_BESIDE) this.#crowded = now;
    this.#panel.classList.toggle("wide", now - this.#crowded < SETTLING_TIME);
    this.#panel.classList.toggle("crowd", people > MAX_WHOLE_CARDS);
  }

  #showSummary() {
    if (this.#summary === null) return;
    const panel = summaryPanel(this.#summary, "people", this.#actions.saveSummary);
    this.#audience.replaceChildren(...(panel ? [panel] : []));
  }
}
