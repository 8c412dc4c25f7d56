from __future__ import annotations

import cv2
import numpy as np
import pytest

from mien.assets import DETECTOR
from mien.faces.yunet.network import Network
from mien.faces.yunet.rows import without_duplicates
from mien.faces.yunet.views import SearchView


@pytest.fixture(scope="module")
def network() -> Network:
    return Network(threads=1, device="auto")


def test_the_decoder_agrees_with_opencv(network: Network, astronaut: np.ndarray) -> None:
    crowd = np.concatenate([astronaut, astronaut[:, ::-1]], axis=1)
    height, width = crowd.shape[:2]
    reference = cv2.FaceDetectorYN.create(str(DETECTOR), "", (width, height), 0.6, 0.4, 100)
    _, theirs = reference.detect(np.ascontiguousarray(crowd[:, :, ::-1]))
    ours = without_duplicates(network.scan([SearchView(crowd, np.eye(2, 3))], 0.6)[0])
    assert len(ours) == len(theirs) == 2
    theirs = theirs[np.argsort(theirs[:, 0])]
    ours = ours[np.argsort(ours[:, 0])]
    corners = np.concatenate([theirs[:, :2], theirs[:, :2] + theirs[:, 2:4]], axis=1)
    np.testing.assert_allclose(ours[:, :4], corners, atol=0.05)
    np.testing.assert_allclose(ours[:, 4:14], theirs[:, 4:14], atol=0.05)
    np.testing.assert_allclose(ours[:, 14], theirs[:, 14], atol=1e-3)


def test_a_batch_is_the_same_as_one_by_one(network: Network, astronaut: np.ndarray) -> None:
    views = [SearchView(np.roll(astronaut, shift, axis=1), np.eye(2, 3)) for shift in (0, 60, 200)]
    together = network.scan(views, 0.5)
    for view, rows in zip(views, together, strict=True):
        np.testing.assert_allclose(network.scan([view], 0.5)[0], rows, atol=1e-3)
