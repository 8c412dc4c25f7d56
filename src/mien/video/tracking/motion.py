"""Motion: a Kalman filter with constant velocity for the box of a face, and that of the camera."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from mien.images import Picture
from mien.results import Box

_MEASURED = 0.06  # standard deviation of a detected centre, in face sizes
_MEASURED_SIZE = 0.08  # standard deviation of the logarithm of a detected size
_ACCELERATION = 6.0  # face sizes per second squared, because people turn and nod
_GROWTH = 1.0  # the same for the logarithm of the size
_COAST = 0.5  # seconds in which the velocity of a lost face falls to 1/e
_START_VELOCITY = 2.0  # standard deviation of a new face's velocity, face sizes per second
_THUMBNAIL = 160  # width in pixels at which the motion of the camera is measured
_BETTER = 0.8  # maximum share of the difference of two frames that is left after a motion
_CERTAIN = 0.15  # minimum response of the phase correlation


class BoxFilter:
    """A Kalman filter for each of the centre's coordinates and the logarithm of the size of a box.

    The state of a filter is (value, velocity), with constant velocity and white acceleration, in
    pixels and seconds. The noise is proportional to the size of the face.

    Args:
        box: Box of the first detection, in pixels.
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
        """The expected box of the face, in pixels."""
        x, y, size = (float(value) for value in self._x)
        height = math.exp(size)
        width = height * self._aspect
        return Box(x - width / 2, y - height / 2, width, height)

    @property
    def uncertainty(self) -> float:
        """Standard deviation of the centre, in face sizes."""
        return float(np.sqrt(self._p[:2, 0, 0].mean())) / math.exp(self._x[2])

    def predict(self, seconds: float) -> None:
        """Predicts the box.

        Args:
            seconds: Seconds since the last prediction.
        """
        size = math.exp(self._x[2])
        noise = np.array([_ACCELERATION * size, _ACCELERATION * size, _GROWTH]) ** 2
        dt = seconds
        self._x += self._v * dt
        self._x[2] = min(self._x[2], 12.0)
        step = np.array([[1.0, dt], [0.0, 1.0]])
        spread = np.array([[dt**4 / 4, dt**3 / 2], [dt**3 / 2, dt**2]])
        self._p = step @ self._p @ step.T + noise[:, None, None] * spread

    def update(self, box: Box) -> None:
        """Corrects the box by a detection.

        Args:
            box: Box of the detection, in pixels.
        """
        size = math.exp(self._x[2])
        noise = np.array([_MEASURED * size, _MEASURED * size, _MEASURED_SIZE]) ** 2
        innovation = _measure(box) - self._x
        gain = self._p[:, :, 0] / (self._p[:, 0, 0] + noise)[:, None]
        self._x += gain[:, 0] * innovation
        self._v += gain[:, 1] * innovation
        self._p -= gain[:, :, None] * self._p[:, None, 0, :]
        self._aspect += 0.3 * (box.width / max(box.height, 1e-6) - self._aspect)

    def shift(self, x: float, y: float) -> None:
        """Shifts the box, in pixels, because the camera moved."""
        self._x[0] += x
        self._x[1] += y

    def coast(self, seconds: float) -> None:
        """Reduces the velocity of a lost face, so that its expected box does not go too far.

        Args:
            seconds: Seconds since the last search for faces.
        """
        self._v[:2] *= math.exp(-seconds / _COAST)
        self._v[2] = 0.0

    def scale(self, x: float, y: float) -> None:
        """Scales the box by the factors x and y, because the size of the video changed."""
        factor = np.array([x, y])
        self._x[:2] *= factor
        self._v[:2] *= factor
        self._x[2] += math.log(y)
        self._p[:2] *= (factor**2)[:, None, None]
        self._aspect *= x / y


def _measure(box: Box) -> NDArray[np.float64]:
    """Returns the centre (x, y) and the logarithm of the height, (3,)."""
    return np.array(
        [box.x + box.width / 2, box.y + box.height / 2, math.log(max(box.height, 1e-3))]
    )


class CameraMotion:
    """Measures the motion of the whole picture from frame to frame, by phase correlation."""

    def __init__(self) -> None:
        self._last: NDArray[np.float32] | None = None
        self._window: NDArray[np.float32] | None = None

    def measure(self, picture: Picture) -> tuple[float, float]:
        """Returns the shift since the last frame.

        Args:
            picture: The next frame, RGB, uint8, height x width x 3.

        Returns:
            The shift (x, y) in pixels; (0, 0) if no shift is certain enough.
        """
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
        # The phase correlation of a repeated pattern may find a shift by a whole period.
        if _difference(last, grey, x, y) > _BETTER * _difference(last, grey, 0.0, 0.0):
            return 0.0, 0.0
        scale = width / size[0]
        return x * scale, y * scale


def _difference(a: NDArray[np.float32], b: NDArray[np.float32], x: float, y: float) -> float:
    """Returns the mean difference of two pictures in their overlap, after ``a`` is shifted."""
    dx, dy = round(x), round(y)
    height, width = a.shape
    rows, columns = slice(max(0, dy), height + min(0, dy)), slice(max(0, dx), width + min(0, dx))
    shifted_rows = slice(max(0, -dy), height + min(0, -dy))
    shifted_columns = slice(max(0, -dx), width + min(0, -dx))
    return float(np.abs(b[rows, columns] - a[shifted_rows, shifted_columns]).mean())
