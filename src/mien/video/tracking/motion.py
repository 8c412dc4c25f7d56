"""Motion of one face's box: a Kalman filter with constant velocity, and of the camera."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from mien.images import Picture
from mien.results import Box

_MEASURED = 0.06  # deviation of a detected centre, in face sizes
_MEASURED_SIZE = 0.08  # deviation of the logarithm of a detected size
_ACCELERATION = 6.0  # face sizes per second squared: people turn back, heads nod
_GROWTH = 1.0  # the same for the logarithm of the size
_COAST = 0.5  # seconds in which the velocity of a face that is not seen falls to 1/e
_START_VELOCITY = 2.0  # deviation of a new face's velocity, face sizes per second
_THUMBNAIL = 160  # width in pixels at which the camera's motion is measured
_BETTER = 0.8  # share of the difference of two frames that a motion must leave at most
_CERTAIN = 0.15  # response of phase correlation below which a motion is ignored


class BoxFilter:
    """Filters the centre and the logarithm of the size of a box, each on its own.

    The state of each is (value, velocity) with constant velocity and white acceleration, in
    pixels and seconds; noise is proportional to the size of the face.

    Args:
        box: Where the face was first seen.
    """

    def __init__(self, box: Box) -> None:
        self._aspect = box.width / max(box.height, 1e-6)
        self._x = _measure(box)
        self._v = np.zeros(3)
        size = math.exp(self._x[2])
        position = np.array([_MEASURED * size, _MEASURED * size, _MEASURED_SIZE]) ** 2
        velocity = np.array([_START_VELOCITY * size, _START_VELOCITY * size, 0.5]) ** 2
        self._p = np.zeros((3, 2, 2))
        self._p[:, 0, 0], self._p[:, 1, 1] = position, velocity

    @property
    def box(self) -> Box:
        """Where the face is now."""
        x, y, size = (float(value) for value in self._x)
        height = math.exp(size)
        width = height * self._aspect
        return Box(x - width / 2, y - height / 2, width, height)

    @property
    def uncertainty(self) -> float:
        """Deviation of the centre in face sizes."""
        return float(np.sqrt(self._p[:2, 0, 0].mean())) / math.exp(self._x[2])

    def predict(self, seconds: float) -> None:
        """Moves the box on."""
        size = math.exp(self._x[2])
        noise = np.array([_ACCELERATION * size, _ACCELERATION * size, _GROWTH]) ** 2
        dt = seconds
        self._x += self._v * dt
        self._x[2] = min(self._x[2], 12.0)
        step = np.array([[1.0, dt], [0.0, 1.0]])
        spread = np.array([[dt**4 / 4, dt**3 / 2], [dt**3 / 2, dt**2]])
        self._p = step @ self._p @ step.T + noise[:, None, None] * spread

    def update(self, box: Box) -> None:
        """Adds a detection."""
        size = math.exp(self._x[2])
        noise = np.array([_MEASURED * size, _MEASURED * size, _MEASURED_SIZE]) ** 2
        surprise = _measure(box) - self._x
        gain = self._p[:, :, 0] / (self._p[:, 0, 0] + noise)[:, None]
        self._x += gain[:, 0] * surprise
        self._v += gain[:, 1] * surprise
        self._p -= gain[:, :, None] * self._p[:, None, 0, :]
        self._aspect += 0.3 * (box.width / max(box.height, 1e-6) - self._aspect)

    def shift(self, x: float, y: float) -> None:
        """Moves the box because the camera moved."""
        self._x[0] += x
        self._x[1] += y

    def coast(self, seconds: float) -> None:
        """Slows the face down while it is not seen, so that it is not followed out of sight."""
        self._v[:2] *= math.exp(-seconds / _COAST)
        self._v[2] = 0.0

    def scale(self, x: float, y: float) -> None:
        """Scales the box because the size of the video changed."""
        factor = np.array([x, y])
        self._x[:2] *= factor
        self._v[:2] *= factor
        self._x[2] += math.log(y)
        self._p[:2] *= (factor**2)[:, None, None]
        self._aspect *= x / y


def _measure(box: Box) -> NDArray[np.float64]:
    return np.array(
        [box.x + box.width / 2, box.y + box.height / 2, math.log(max(box.height, 1e-3))]
    )


class CameraMotion:
    """Measures how the whole picture moved since the last frame, by phase correlation."""

    def __init__(self) -> None:
        self._last: NDArray[np.float32] | None = None
        self._window: NDArray[np.float32] | None = None

    def measure(self, picture: Picture) -> tuple[float, float]:
        """Returns the shift (x, y) in pixels, (0, 0) if none is certain."""
        height, width = picture.shape[:2]
        size = (_THUMBNAIL, max(16, round(_THUMBNAIL * height / width)))
        small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
        grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY).astype(np.float32)
        last, self._last = self._last, grey
        if last is None or last.shape != grey.shape:
            self._window = cv2.createHanningWindow(size, cv2.CV_32F).astype(np.float32)
            return 0.0, 0.0
        # OpenCV applies the window in place.
        (x, y), response = cv2.phaseCorrelate(last.copy(), grey.copy(), self._window)
        if response < _CERTAIN or math.hypot(x, y) < 0.5:
            return 0.0, 0.0
        # A repeating pattern fits a period away as well.
        if _difference(last, grey, x, y) > _BETTER * _difference(last, grey, 0.0, 0.0):
            return 0.0, 0.0
        scale = width / size[0]
        return x * scale, y * scale


def _difference(a: NDArray[np.float32], b: NDArray[np.float32], x: float, y: float) -> float:
    """Returns the mean difference of two pictures where they overlap once one is shifted."""
    dx, dy = round(x), round(y)
    height, width = a.shape
    rows, columns = slice(max(0, dy), height + min(0, dy)), slice(max(0, dx), width + min(0, dx))
    shifted_rows = slice(max(0, -dy), height + min(0, -dy))
    shifted_columns = slice(max(0, -dx), width + min(0, -dx))
    return float(np.abs(b[rows, columns] - a[shifted_rows, shifted_columns]).mean())
