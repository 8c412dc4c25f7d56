"""The network: a part of a picture in, the answers of its cells as detections out.

YuNet (Wu, Peng, Yu: "YuNet: A Tiny Millisecond-level Face Detector", Machine Intelligence
Research 20, 2023) is fully convolutional; its file is run here by mien's own runtime, at any
size, in batches and from any number of threads.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from mien.assets import DETECTOR
from mien.faces.yunet.rows import Rows
from mien.faces.yunet.views import SearchView
from mien.runtime import OnnxSession, Session

_STRIDES = (8, 16, 32)


class Network:
    """YuNet's network.

    Args:
        threads: How many threads one run may use, at least 1; None leaves it to the runtime.
        device: One of :data:`mien.runtime.DEVICES`.

    Raises:
        DeviceError: The device cannot be used.
    """

    def __init__(self, threads: int | None, device: str) -> None:
        self._session: Session = OnnxSession(DETECTOR, threads, device)

    def scan_all(self, views: Iterable[SearchView], min_score: float) -> Rows:
        """Returns the rows of views of any size, in picture coordinates."""
        return np.concatenate([self.scan([view], min_score)[0] for view in views])

    def scan(self, views: list[SearchView], min_score: float) -> list[Rows]:
        """Returns for each of several equally large views its rows, in picture coordinates."""
        height, width = views[0].pixels.shape[:2]
        padded = np.zeros((len(views), _round_up(height), _round_up(width), 3), np.float32)
        for i, view in enumerate(views):
            padded[i, :height, :width] = view.pixels[:, :, ::-1]  # YuNet takes BGR
        outputs = self._session.run({"input": padded.transpose(0, 3, 1, 2)})
        grid = padded.shape[1:3]
        results = []
        for i, view in enumerate(views):
            rows = [_decode(outputs, i, stride, grid, min_score) for stride in _STRIDES]
            results.append(view.to_picture(np.concatenate(rows)))
        return results


def _round_up(side: int) -> int:
    """Rounds up to what the coarsest stride divides."""
    return -(-side // _STRIDES[-1]) * _STRIDES[-1]


def _decode(
    outputs: dict[str, NDArray[np.float32]],
    item: int,
    stride: int,
    padded: tuple[int, int],
    min_score: float,
) -> Rows:
    """Turns the outputs of one stride, for one item of the batch, into rows."""
    scores = np.sqrt(
        outputs[f"cls_{stride}"][item, :, 0].clip(0, 1)
        * outputs[f"obj_{stride}"][item, :, 0].clip(0, 1)
    )
    kept = np.flatnonzero(scores >= min_score)
    columns = padded[1] // stride
    cells = np.stack([kept % columns, kept // columns], axis=1).astype(np.float32)
    box = outputs[f"bbox_{stride}"][item, kept]
    centre = cells + box[:, :2]
    half = np.exp(box[:, 2:]) / 2
    landmarks = outputs[f"kps_{stride}"][item, kept].reshape(-1, 5, 2) + cells[:, None]
    points = np.concatenate([centre - half, centre + half, landmarks.reshape(-1, 10)], axis=1)
    return np.concatenate([points * stride, scores[kept, None]], axis=1)
