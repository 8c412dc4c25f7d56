"""Searching a picture for faces, in views of several sizes.

YuNet knows upright faces. If there is no upright face, the whole picture is searched in rotated
views too. A picture whose faces are upright and well seen costs nothing more.
"""

from __future__ import annotations

import numpy as np

from mien.faces.yunet.network import Network
from mien.faces.yunet.refinement import refine
from mien.faces.yunet.rows import Rows, nested_with_better, rotations, same_face, without_duplicates
from mien.faces.yunet.views import full_views, rotated_views, whole_view
from mien.images import Picture

_UPRIGHT = 45.0  # degrees within which a face is upright
_TURNS = (1, 2, 3)
_CREDIBLE = 0.7  # score from which an upright face shows that the picture is upright
_CANDIDATE = 0.5  # score from which a face is looked at if there is no upright one
_CANDIDATES = 10  # of these, how many at most
_ROTATED = 20.0  # degrees from which a face counts as rotated
_PROMINENT = 0.05  # least width of the largest rotated face, relative to the picture's longer side
_QUICK_ROTATED = 320  # side, in pixels, of the rotated views of a quick search


def search(network: Network, picture: Picture, min_score: float) -> Rows:
    """Returns the faces of a picture, searched as well as can be."""
    least = min(min_score, _CANDIDATE)
    candidates = without_duplicates(network.scan_all(full_views(picture), least))
    certain = candidates[candidates[:, 14] >= min_score]
    found = refine(network, picture, certain)
    # What is doubtful inside a face, or around it, is a part of it or its surroundings.
    kept = found.clear | ~nested_with_better(found.rows)
    rows = found.rows[kept & (found.rows[:, 14] >= min_score)]
    upright = np.abs(rotations(rows)) <= _UPRIGHT
    if not (upright & (rows[:, 14] >= _CREDIBLE)).any():
        rotated = _search_rotated(network, picture, candidates)
        rotated = rotated[rotated[:, 14] >= min_score]
        if len(rotated):
            same = np.array([same_face(row, rotated).any() for row in rows], np.bool_)
            rows = np.concatenate([rows[~upright & ~same], rotated])
    # Detected again, the part of a face at the edge of a tile is the whole face once more.
    return without_duplicates(rows)


def search_quickly(network: Network, picture: Picture, min_score: float, longest_side: int) -> Rows:
    """Returns the faces of a picture, searched in one view and without refining landmarks.

    Without an upright face, it is searched in rotated views too.
    """
    rows = network.scan([whole_view(picture, longest_side)], min_score)[0]
    if not (rows[:, 14] >= _CREDIBLE).any():
        side = min(longest_side, _QUICK_ROTATED)
        views = (whole_view(picture, side, turns) for turns in _TURNS)
        rows = np.concatenate([rows, network.scan_all(views, min_score)])
    return without_duplicates(rows)


def _search_rotated(network: Network, picture: Picture, candidates: Rows) -> Rows:
    """Returns the rotated faces of a picture that are seen well.

    A picture that is sideways is about its faces. Where all rotated faces are tiny, they are
    prints or patterns, and none is returned. The candidates are what an upright search found.
    """
    views = (view for turns in _TURNS for view in rotated_views(picture, turns))
    rows = np.concatenate([candidates, network.scan_all(views, _CANDIDATE)])
    rows = without_duplicates(rows)[:_CANDIDATES]
    found = refine(network, picture, rows)
    faces = found.rows[found.clear & (np.abs(rotations(found.rows)) > _ROTATED)]
    widths = faces[:, 2] - faces[:, 0]
    prominent = widths.max(initial=0) >= _PROMINENT * max(picture.shape[:2])
    return faces if prominent else faces[:0]
