// The stream: frames of the webcam go to the service, which answers each with its faces.

/** @typedef {import("../page").Options} Options */
/** @typedef {import("../types").StreamAnswer} StreamAnswer */
/** @typedef {import("../types").StreamError} StreamError */

/**
 * @typedef {object} Listener
 * @property {(answer: StreamAnswer, frame: HTMLCanvasElement, delay: number) => void} answered Called
 *     with an answer, its frame, and the milliseconds since the camera took the frame. The canvas of
 *     the frame is used again after the call.
 * @property {(state: StreamState) => void} changed Called with the state of the stream.
 */

/**
 * `live`: the service answers. `lost`: the connection is lost; `full`: the service has too many
 * streams; in both cases the stream connects again. `refused`: the stream has ended.
 *
 * @typedef {"live" | "lost" | "full" | "refused"} StreamState
 */

/** @typedef {{canvas: HTMLCanvasElement, taken: number}} Frame */

/** Maximum number of frames without an answer: the service analyses one while the next is sent. */
const MAX_PENDING = 2;
/** Longer side of the frames that are sent, in pixels. */
const SIZE = 960;
const QUALITY = 0.85;
const FIRST_WAIT = 500; // milliseconds
const LONGEST_WAIT = 8000; // milliseconds
/** Milliseconds without an answer after which the connection is closed. */
const ANSWER_TIMEOUT = 20_000;

// Codes with which the service closes a connection.
const POLICY = 1008;
const TOO_LARGE = 1009;
const TRY_LATER = 1013;

export class Stream {
  /**
   * @param {HTMLVideoElement} video Element that plays the camera.
   * @param {Options} options
   * @param {Listener} listener
   */
  constructor(video, options, listener) {
    this.#video = video;
    this.#options = options;
    this.#listener = listener;
    this.#connect();
    this.#nextFrame();
  }

  #video;
  #options;
  #listener;
  /** @type {WebSocket | null} */
  #socket = null;
  #stopped = false;
  #wait = FIRST_WAIT;
  #sent = 0;
  /** Frames without an answer, by their number. @type {Map<number, Frame>} */
  #pending = new Map();
  #encoding = false;
  /** Canvases that can be used again. @type {HTMLCanvasElement[]} */
  #free = [];
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #watchdog;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #again;

  /**
   * Sets the options from the next frame on.
   *
   * @param {Options} options
   */
  setOptions(options) {
    this.#options = options;
    if (this.#socket?.readyState === WebSocket.OPEN) this.#sendOptions(this.#socket);
  }

  /** @param {WebSocket} socket */
  #sendOptions(socket) {
    socket.send(JSON.stringify(this.#options));
  }

  /** Ends the stream; the caller closes the camera. */
  stop() {
    this.#stopped = true;
    this.#expectNothing();
    clearTimeout(this.#again);
    this.#socket?.close();
  }

  #connect() {
    const url = new URL("v1/stream", document.baseURI);
    url.protocol = url.protocol.replace("http", "ws");
    const socket = new WebSocket(url);
    this.#socket = socket;
    this.#sent = 0;
    this.#pending.clear();
    socket.addEventListener("open", () => this.#sendOptions(socket));
    socket.addEventListener("message", ({ data }) => this.#receive(JSON.parse(data)));
    socket.addEventListener("close", ({ code }) => {
      if (!this.#stopped && socket === this.#socket) this.#ended(code);
    });
  }

  /** @param {number} code */
  #ended(code) {
    this.#expectNothing();
    if (code === POLICY || code === TOO_LARGE) {
      this.#stopped = true;
      this.#listener.changed("refused");
      return;
    }
    this.#listener.changed(code === TRY_LATER ? "full" : "lost");
    // The random part prevents that many pages connect again at the same moment.
    this.#again = setTimeout(() => this.#connect(), this.#wait * (0.75 + Math.random() / 2));
    this.#wait = Math.min(2 * this.#wait, LONGEST_WAIT);
  }

  #nextFrame() {
    if (this.#stopped) return;
    this.#video.requestVideoFrameCallback(() => {
      this.#send();
      this.#nextFrame();
    });
  }

  async #send() {
    const socket = this.#socket;
    const { videoWidth, videoHeight } = this.#video;
    if (socket?.readyState !== WebSocket.OPEN || videoWidth === 0) return;
    if (this.#encoding || this.#pending.size >= MAX_PENDING) return;
    const scale = Math.min(1, SIZE / Math.max(videoWidth, videoHeight));
    const canvas = this.#free.pop() ?? document.createElement("canvas");
    canvas.width = Math.round(scale * videoWidth);
    canvas.height = Math.round(scale * videoHeight);
    canvas.getContext("2d")?.drawImage(this.#video, 0, 0, canvas.width, canvas.height);
    const taken = performance.now();
    this.#encoding = true;
    /** @type {Blob | null} */
    const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
    this.#encoding = false;
    if (blob === null || socket !== this.#socket || socket.readyState !== WebSocket.OPEN) return;
    socket.send(blob);
    this.#pending.set(this.#sent, { canvas, taken });
    this.#sent += 1;
    if (this.#watchdog === undefined) this.#expectAnswer();
  }

  #expectAnswer() {
    this.#watchdog = setTimeout(() => this.#socket?.close(), ANSWER_TIMEOUT);
  }

  #expectNothing() {
    clearTimeout(this.#watchdog);
    this.#watchdog = undefined;
  }

  /** @param {StreamAnswer | StreamError} answer */
  #receive(answer) {
    if (this.#stopped || answer.frame === undefined) return;
    const frame = this.#pending.get(answer.frame);
    this.#expectNothing();
    this.#wait = FIRST_WAIT;
    this.#listener.changed("live");
    if (frame && !("error" in answer)) {
      this.#listener.answered(answer, frame.canvas, performance.now() - frame.taken);
    }
    // The service takes the newest frame, so that earlier frames get no answer any more.
    for (const [number, old] of this.#pending) {
      if (number > answer.frame) continue;
      this.#pending.delete(number);
      this.#free.push(old.canvas);
    }
    if (this.#pending.size > 0) this.#expectAnswer();
  }
}
