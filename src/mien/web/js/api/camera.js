// The cameras of this device.

/** The camera cannot be used. */
export class CameraError extends Error {
  /** @param {string} text Key of a text of the catalogue. */
  constructor(text) {
    super(text);
    this.text = text;
  }
}

/** @type {Record<string, string>} */
const CAMERA_ERRORS = {
  NotAllowedError: "camera.denied",
  SecurityError: "camera.denied",
  NotFoundError: "camera.none",
  OverconstrainedError: "camera.none",
  NotReadableError: "camera.in-use",
  AbortError: "camera.in-use",
};

/** The camera on the user's side of the device, if there are several. */
export const FIRST_CAMERA = { facingMode: "user" };

/**
 * Opens a camera; the browser asks the user for permission.
 *
 * @param {MediaTrackConstraints} which
 * @returns {Promise<MediaStream>}
 * @throws {CameraError}
 */
export async function openCamera(which) {
  if (!window.isSecureContext) throw new CameraError("camera.insecure");
  const video = { width: { ideal: 1280 }, height: { ideal: 720 }, ...which };
  try {
    return await navigator.mediaDevices.getUserMedia({ video });
  } catch (error) {
    const name = error instanceof DOMException ? error.name : "";
    throw new CameraError(CAMERA_ERRORS[name] ?? "camera.in-use");
  }
}

/**
 * Returns the camera to switch to: on a phone the camera on the other side, else the next camera.
 *
 * @param {MediaStreamTrack} current
 * @returns {Promise<MediaTrackConstraints | null>} Null if there is no other camera.
 */
export async function otherCamera(current) {
  const devices = await navigator.mediaDevices.enumerateDevices();
  const cameras = devices.filter(({ kind }) => kind === "videoinput");
  if (cameras.length < 2) return null;
  const { facingMode, deviceId } = current.getSettings();
  if (facingMode) return { facingMode: facingMode === "user" ? "environment" : "user" };
  const index = cameras.findIndex((camera) => camera.deviceId === deviceId);
  return { deviceId: { exact: cameras[(index + 1) % cameras.length].deviceId } };
}
