from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.decomposition import PCA

from mien.exporting.embedding import FeatureOutputs


def faces(count: int, seed: int) -> NDArray[np.float32]:
    """Returns features that vary along 8 of 40 directions around a mean, and a little elsewhere."""
    directions = np.linalg.qr(np.random.default_rng(0).normal(size=(40, 8)))[0]
    random = np.random.default_rng(seed)
    found = 3 + random.normal(size=(count, 8)) * np.arange(1, 9) @ directions.T
    return np.asarray(found + random.normal(size=(count, 40)) * 0.1, np.float32)


def test_the_embedding_is_that_of_a_whitened_principal_component_analysis() -> None:
    known, new = faces(500, 1), faces(20, 2)
    outputs = FeatureOutputs(torch.from_numpy(known))
    embedding, _ = outputs(torch.from_numpy(new))
    reference = PCA(whiten=True).fit(known).transform(new)
    reference /= np.linalg.norm(reference, axis=1, keepdims=True)
    similarity = embedding.detach().numpy() @ embedding.detach().numpy().T
    np.testing.assert_allclose(similarity, reference @ reference.T, atol=0.02)


def test_the_novelty_is_what_the_main_directions_leave_of_the_features() -> None:
    known, new = faces(500, 1), faces(20, 2)
    few = FeatureOutputs(torch.from_numpy(known[:9]))  # nine faces span eight directions
    pca = PCA(n_components=8).fit(known[:9])
    rest = ((new - pca.inverse_transform(pca.transform(new))) ** 2).sum(axis=1)
    expected = rest / (rest + (new**2).sum(axis=1))
    np.testing.assert_allclose(few(torch.from_numpy(new))[1][:, 0].detach(), expected, rtol=0.05)


def test_other_things_are_more_novel_than_faces_and_nothing_is_beyond_one() -> None:
    outputs = FeatureOutputs(torch.from_numpy(faces(9, 1)))
    things = torch.from_numpy(np.random.default_rng(3).uniform(0, 6, (20, 40)).astype(np.float32))
    nothing = torch.zeros(1, 40)
    novelty = outputs(torch.cat([torch.from_numpy(faces(20, 2)), things, nothing]))[1][:, 0]
    assert novelty[:20].max() < novelty[20:].min()
    assert novelty.min() >= 0
    assert novelty.max() <= 1
