"""Test videos from real faces, which are pasted onto photographs, moved, degraded and hidden.

The truth of every frame is known: the box of each person's face, with the labels of age and gender.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

Pixels = np.ndarray


@dataclass(frozen=True)
class Portrait:
    """A face to paste.

    Attributes:
        pixels: RGB, uint8, side x side x 3.
        box: Box of the face in it in pixels: x, y, width, height.
        age: Label of the age in years.
        female: Whether the label of the gender is female.
    """

    pixels: Pixels
    box: tuple[float, float, float, float]
    age: float
    female: bool


@dataclass(frozen=True)
class Truth:
    """A true face of a frame.

    Attributes:
        person: Number of the person.
        box: Box of the face in pixels of the frame: x, y, width, height.
        visible: Share of the box that is not hidden, 0..1.
    """

    person: int
    box: tuple[float, float, float, float]
    visible: float


class Path:
    """The smooth path of one person, which never leaves the frame.

    Args:
        random: Random number generator.
        size: Width and height of the frame in pixels.
        scale: Height of the face in pixels.
        crossing: Whether the path goes from side to side and crosses the other paths.
        lane: Vertical position of a crossing path, as a fraction of the height, 0..1.
    """

    def __init__(
        self,
        random: np.random.Generator,
        size: tuple[int, int],
        scale: float,
        crossing: bool,
        lane: float,
    ) -> None:
        self._size = size
        self._scale = scale
        self._crossing = crossing
        self._lane = lane
        self._phase = random.uniform(0, 2 * math.pi, 6)
        self._rate = random.uniform(0.05, 0.16, 6)
        self._speed = random.uniform(0.06, 0.12) * random.choice([-1, 1])
        self._start = random.uniform(0, 2)

    def at(self, time: float) -> tuple[float, float, float, float, float]:
        """Returns x and y of the centre and the height in pixels, roll in radians, brightness."""
        width, height = self._size
        wave = np.sin(2 * math.pi * self._rate * time + self._phase)
        scale = self._scale * (1 + 0.25 * wave[2])
        margin = scale
        if self._crossing:
            # A triangle wave goes from one side to the other and back.
            fraction = abs((self._start + self._speed * time) % 2 - 1)
            x = margin + fraction * (width - 2 * margin)
            y = margin + self._lane * (height - 2 * margin) + 0.15 * scale * wave[1]
        else:
            x = margin + (0.5 + 0.45 * wave[0]) * (width - 2 * margin)
            y = margin + (0.5 + 0.45 * wave[1]) * (height - 2 * margin)
        return float(x), float(y), float(scale), float(0.2 * wave[3]), float(1 + 0.25 * wave[4])


class Scene:
    """A test video.

    Args:
        portraits: The people in it.
        background: Photograph, RGB, uint8, height x width x 3; it is scaled to the frame.
        size: Width and height of the frames in pixels.
        fps: Frames per second.
        seconds: Duration in seconds.
        face: Height of the faces in pixels.
        crossing: Whether people cross.
        occluders: Number of bars that move in front of the people.
        seed: Seed of all random numbers.
        successors: People who replace those of ``portraits`` in the second half; empty for none.

    Attributes:
        portraits: All people, successors last; the index is the number of the person.
    """

    def __init__(
        self,
        portraits: Sequence[Portrait],
        background: Pixels,
        size: tuple[int, int] = (1280, 720),
        fps: float = 30.0,
        seconds: float = 20.0,
        face: float = 110.0,
        crossing: bool = False,
        occluders: int = 0,
        seed: int = 0,
        successors: Sequence[Portrait] = (),
    ) -> None:
        self.portraits = [*portraits, *successors]
        self._change = round(fps * seconds) / fps / 2 if successors else math.inf
        self.size = size
        self.fps = fps
        self.count = round(fps * seconds)
        random = np.random.default_rng(seed)
        self._background = np.asarray(cv2.resize(background, size, interpolation=cv2.INTER_AREA))
        lanes = random.permutation(np.linspace(0.2, 0.8, len(portraits)))
        self._paths = [
            Path(random, size, face * random.uniform(0.8, 1.25), crossing, float(lane))
            for lane in lanes
        ]
        self._occluders = random.uniform(0.03, 0.09, (occluders, 2))
        self._noise = random.integers(2**31)

    @property
    def change(self) -> float:
        """Time at which the successors come, in seconds; infinite without successors."""
        return self._change

    def frames(self) -> Iterator[tuple[Pixels, list[Truth]]]:
        """Yields each frame, RGB, uint8, height x width x 3, with its true faces."""
        random = np.random.default_rng(self._noise)
        for index in range(self.count):
            yield self._frame(index / self.fps, random)

    def _frame(self, time: float, random: np.random.Generator) -> tuple[Pixels, list[Truth]]:
        frame = self._background.copy()
        owner = np.full(frame.shape[:2], -1, np.int16)
        boxes = {}
        # Larger faces are nearer, so that they are pasted later.
        first = len(self._paths) if time >= self._change else 0
        states = [(path.at(time), person) for person, path in enumerate(self._paths, first)]
        for state, person in sorted(states, key=lambda s: s[0][2]):
            boxes[person] = self._paste(frame, owner, state, person)
        for start, speed in self._occluders:
            x = int(((start * 10 + speed * time) % 1.2 - 0.1) * self.size[0])
            width = self.size[0] // 25
            left, right = max(0, x), max(0, x + width)
            frame[:, left:right] = (60, 50, 45)
            owner[:, left:right] = -2
        noise = random.normal(0, 3, (*frame.shape[:2], 1))
        frame = (frame + noise).clip(0, 255).astype(np.uint8)
        if math.sin(0.9 * time) > 0.8:
            frame = np.asarray(cv2.GaussianBlur(frame, (0, 0), 1.5))
        truths = [
            Truth(person, box, _share(owner, box, person)) for person, box in sorted(boxes.items())
        ]
        return frame, truths

    def _paste(
        self,
        frame: Pixels,
        owner: Pixels,
        state: tuple[float, float, float, float, float],
        person: int,
    ) -> tuple[float, float, float, float]:
        x, y, height, roll, light = state
        portrait = self.portraits[person]
        bx, by, bw, bh = portrait.box
        scale = height / bh
        side = portrait.pixels.shape[0]
        cos, sin = scale * math.cos(roll), scale * math.sin(roll)
        cx, cy = bx + bw / 2, by + bh / 2
        matrix = np.array(
            [[cos, -sin, x - cos * cx + sin * cy], [sin, cos, y - sin * cx - cos * cy]]
        )
        lit = (portrait.pixels * light).clip(0, 255).astype(np.uint8)
        mask = np.zeros((side, side), np.uint8)
        cv2.ellipse(
            mask, ((side / 2, side / 2), (side * 0.97, side * 0.99), 0), 255, -1, cv2.LINE_AA
        )
        reach = int(side * scale) + 4
        left, top = max(0, int(x - reach)), max(0, int(y - reach))
        right, bottom = min(self.size[0], int(x + reach)), min(self.size[1], int(y + reach))
        local = matrix - np.array([[0, 0, left], [0, 0, top]])
        shape = (right - left, bottom - top)
        method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
        warped = cv2.warpAffine(lit, local, shape, flags=method)
        alpha = cv2.warpAffine(mask, local, shape, flags=cv2.INTER_LINEAR)[:, :, None] / 255
        part = frame[top:bottom, left:right]
        part[:] = (alpha * warped + (1 - alpha) * part).astype(np.uint8)
        owner[top:bottom, left:right][alpha[:, :, 0] > 0.5] = person
        return x - bw * scale / 2, y - height / 2, bw * scale, height


def _share(owner: Pixels, box: tuple[float, float, float, float], person: int) -> float:
    x, y, width, height = (round(v) for v in box)
    part = owner[max(0, y) : y + height, max(0, x) : x + width]
    return float((part == person).mean()) if part.size else 0.0
