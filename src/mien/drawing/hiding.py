"""Hiding of faces in pictures and videos by a mosaic."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from mien.age_check import AgeCheck
from mien.analyzer import Analyzer
from mien.errors import OptionError
from mien.faces.boxes import corners, covered
from mien.images import Picture
from mien.results import UNDETERMINED, Box, Face, LabelEstimate, TrackedFace
from mien.video.watcher import Watched

_MARGIN = 0.3  # of the box's longer side, on each side: chin, forehead and hair are hidden too
_TILES = 4  # across a hidden area, so that no part of a face is left
_LEAST_SCORE = 0.3  # of faces that may be too uncertain to be described, but are hidden
_SAME = 0.5  # share of a found face that lies in a face that is shown
_PICTURE_SIDES = (None, 1280)  # at which a picture is searched, in pixels; None: as well as can be
_FRAME_SIDES = (1280,)  # the same of a frame
_LARGE_FRAME_SIDES = (640, 1920)  # of a larger one; large faces are found better in a small view
_AROUND = 0.5  # seconds before and after its detection for which a face is hidden


@dataclass(frozen=True, slots=True)
class HidingRule:
    """A rule for the faces that are hidden.

    Attributes:
        name: ``"all"``, ``"under"`` or ``"unsure"``.
        check: With ``"under"``: a face is hidden unless this check says that it is over.

    Example:
        >>> HidingRule.parse("under 18").check
        AgeCheck(over=18, challenge=None, certainty=0.98)
    """

    name: str
    check: AgeCheck | None = None

    @classmethod
    def parse(cls, text: str, certainty: float = 0.98) -> HidingRule:
        """Reads a rule.

        Args:
            text: ``all``; ``unsure``; ``under 18``, with any age in years, also as ``under-18``.
            certainty: Probability from which a face is not under an age, 0.5..1.

        Raises:
            OptionError: There is no such rule.
        """
        if text in ("all", "unsure"):
            return cls(text)
        if found := re.fullmatch(r"under[ -]?(\d{1,2})", text):
            return cls("under", AgeCheck(int(found[1]), certainty=certainty))
        raise OptionError(f"'{text}' hides no faces; choose all, unsure or an age, as under-18")

    def hides(self, face: Face | TrackedFace) -> bool:
        """Returns whether a face is hidden; a face without estimates always is."""
        if self.name == "all" or not face.estimates or face.quality is None:
            return True
        if self.check is not None:
            return self.check.decide(face).answer != "over"
        labels = (e.label for e in face.estimates.values() if isinstance(e, LabelEstimate))
        return bool(face.quality.hints) or UNDETERMINED in labels


def boxes_to_hide(
    analyzer: Analyzer,
    rule: HidingRule,
    picture: Picture,
    faces: Sequence[Face | TrackedFace],
    sides: Sequence[int | None] = _PICTURE_SIDES,
) -> list[Box]:
    """Returns the boxes of the faces that a rule hides.

    The picture is searched again, whatever ``max_faces`` and ``min_score`` of the analyzer are. So
    a face that is not described is hidden too, and what only looks a little like a face, unless it
    is part of a face that is shown.

    Args:
        analyzer: Its detector is used.
        rule: The rule.
        picture: RGB, uint8, height x width x 3.
        faces: The faces that are described.
        sides: Each longest side of a search, as ``longest_side`` of
            :meth:`mien.faces.Detector.detect`.
    """
    hidden = [face.box for face in faces if rule.hides(face)]
    shown = corners([face.box for face in faces if not rule.hides(face)])
    detect = analyzer.detector.detect
    found = [face.box for side in sides for face in detect(picture, _LEAST_SCORE, side)]
    within = covered(corners(found), shown).max(axis=1, initial=0)
    return hidden + [box for box, share in zip(found, within, strict=True) if share < _SAME]


def hide_faces(
    analyzer: Analyzer, rule: HidingRule, picture: Picture, faces: Sequence[Face | TrackedFace]
) -> Picture:
    """Returns a picture whose faces are hidden as a rule says; see :func:`boxes_to_hide`."""
    return hide(picture, boxes_to_hide(analyzer, rule, picture, faces))


def hide(picture: Picture, boxes: Sequence[Box]) -> Picture:
    """Covers boxes, and a margin around them, by a mosaic of a few large tiles.

    Args:
        picture: RGB, uint8, height x width x 3; it is not changed.
        boxes: In pixels; parts outside the picture are left out.

    Returns:
        A new picture, RGB, uint8, height x width x 3.

    Example:
        >>> import numpy as np
        >>> from mien.results import Box
        >>> stripes = np.tile(np.uint8([[[0], [200]]]), (100, 50, 3))
        >>> int(hide(stripes, [Box(40, 40, 20, 20)])[50, 50, 0])
        100
    """
    hidden = picture.copy()
    height, width = picture.shape[:2]
    for box in boxes:
        margin = _MARGIN * max(box.width, box.height)
        left, top = (max(0, int(v - margin)) for v in (box.x, box.y))
        right = min(width, int(np.ceil(box.x + box.width + margin)))
        bottom = min(height, int(np.ceil(box.y + box.height + margin)))
        if left < right and top < bottom:
            area = picture[top:bottom, left:right]
            tiles = cv2.resize(area, (_TILES, _TILES), interpolation=cv2.INTER_AREA)
            size = (right - left, bottom - top)
            hidden[top:bottom, left:right] = cv2.resize(
                tiles, size, interpolation=cv2.INTER_NEAREST
            )
    return hidden


class FrameHider:
    """Hides faces in the frames of a video, also shortly before and after they are detected.

    A face that turns away is not detected, and a new face may be detected late. So a frame waits
    until the frames of the next half second are searched.

    Args:
        analyzer: Its detector is used.
        rule: Which faces are hidden.
    """

    def __init__(self, analyzer: Analyzer, rule: HidingRule) -> None:
        self._analyzer, self._rule = analyzer, rule
        self._searched: deque[tuple[float, list[Box]]] = deque()
        self._waiting: deque[Watched] = deque()

    def add(self, watched: Watched) -> Iterator[Watched]:
        """Takes a frame, and yields the frames that need to wait no longer, with hidden faces."""
        large = max(watched.frame.shape[:2]) > _FRAME_SIDES[0]
        sides = _LARGE_FRAME_SIDES if large else _FRAME_SIDES
        found = boxes_to_hide(self._analyzer, self._rule, watched.frame, watched.faces, sides)
        self._searched.append((watched.time, found))
        self._waiting.append(watched)
        while self._waiting and self._waiting[0].time < watched.time - _AROUND:
            yield self._hidden(self._waiting.popleft())

    def rest(self) -> Iterator[Watched]:
        """Yields the frames that are left at the end."""
        while self._waiting:
            yield self._hidden(self._waiting.popleft())

    def _hidden(self, watched: Watched) -> Watched:
        while self._searched[0][0] < watched.time - _AROUND:
            self._searched.popleft()
        near = (found for time, found in self._searched if time <= watched.time + _AROUND)
        boxes = [box for found in near for box in found]
        return watched._replace(frame=hide(watched.frame, boxes))
