from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import combinations

import cv2
import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from mien.datasets.chips.cache import ChipCache
from mien.datasets.duplicates import (
    MAX_DISTANCE,
    cache_pairs,
    difference_hashes,
    groups,
    near_pairs,
)
from mien.datasets.records import Record
from mien.faces.align import UTKFACE_TEMPLATE


def records(*names: str) -> list[Record]:
    return [Record(name, 30, 30) for name in names]


def compressed(chip: np.ndarray, quality: int) -> np.ndarray:
    _, data = cv2.imencode(".jpg", chip, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return cv2.imdecode(data, cv2.IMREAD_COLOR)


def test_the_hash_of_a_copy_is_near(face: np.ndarray) -> None:
    darker = (face * 0.8).astype(np.uint8)
    small = cv2.resize(cv2.resize(face, (64, 64), interpolation=cv2.INTER_AREA), (160, 160))
    copies = np.stack([face, compressed(face, 40), darker, small])
    hashes = difference_hashes(copies)
    assert hashes.shape == (4, 256)
    assert ((hashes != hashes[0]).sum(axis=1) <= MAX_DISTANCE).all()


def test_the_hashes_of_different_pictures_are_not_near(
    patches: np.ndarray, face: np.ndarray
) -> None:
    assert len(near_pairs(difference_hashes(patches))) == 0
    mirrored = np.stack([face, face[:, ::-1]])
    assert len(near_pairs(difference_hashes(mirrored))) == 0


@given(
    arrays(np.bool_, st.tuples(st.integers(0, 12), st.just(9))),
    st.integers(0, 9),
)
def test_near_pairs_are_those_of_brute_force(hashes: np.ndarray, max_distance: int) -> None:
    expected = {
        (i, j)
        for i, j in combinations(range(len(hashes)), 2)
        if (hashes[i] != hashes[j]).sum() <= max_distance
    }
    found = [tuple(pair) for pair in near_pairs(hashes, max_distance).tolist()]
    assert len(found) == len(expected)
    assert set(found) == expected


def test_near_pairs_across_blocks() -> None:
    rng = np.random.default_rng(0)
    hashes = rng.random((9000, 256)) < 0.5
    # No two random hashes are near. These pairs are made near, within and across blocks of 4,096.
    for first, second in ((3, 7), (5, 4100), (4095, 4096), (100, 8999)):
        hashes[second] = hashes[first]
        hashes[second, rng.choice(256, MAX_DISTANCE, replace=False)] ^= True
    hashes[8998] = hashes[0]
    hashes[8998, : MAX_DISTANCE + 1] ^= True
    found = sorted(map(tuple, near_pairs(hashes).tolist()))
    assert found == [(3, 7), (5, 4100), (100, 8999), (4095, 4096)]


@given(st.integers(1, 12), st.data())
def test_groups_are_the_pictures_that_pairs_connect(count: int, data: st.DataObject) -> None:
    pair = st.tuples(st.integers(0, count - 1), st.integers(0, count - 1))
    pairs = data.draw(st.lists(pair, max_size=12))
    reached = np.eye(count, dtype=bool)
    for i, j in pairs:
        reached[i, j] = reached[j, i] = True
    for _ in range(count):
        reached = reached @ reached
    found = groups(count, np.array(pairs, np.int64).reshape(-1, 2))
    assert ((found[:, None] == found) == reached).all()
    firsts = [int(np.flatnonzero(found == group)[0]) for group in range(found.max() + 1)]
    assert firsts == sorted(firsts)


def test_pairs_across_caches(
    patches: np.ndarray, face: np.ndarray, cache_of: Callable[..., ChipCache]
) -> None:
    copy = cv2.resize(compressed(face, 50), (64, 64), interpolation=cv2.INTER_AREA)
    one = cache_of("one", records("a", "b"), np.stack([face, face[:, ::-1]]))
    other = cache_of("other", records("c", "d", "e"), np.stack([*patches[:2], copy]))
    assert cache_pairs([one, other]).tolist() == [[0, 4]]


def test_unreadable_pictures_are_not_duplicates(
    patches: np.ndarray, cache_of: Callable[..., ChipCache]
) -> None:
    black = np.zeros_like(patches[:2])
    chips = np.stack([black[0], patches[0], black[1], patches[0]])
    cache = cache_of("set", records("a", "b", "c", "d"), chips, unreadable=("a", "c"))
    assert cache_pairs([cache]).tolist() == [[1, 3]]


def test_what_is_around_the_face_in_a_wide_chip_does_not_count(
    face: np.ndarray, cache_of: Callable[..., ChipCache]
) -> None:
    shown = round(160 * UTKFACE_TEMPLATE.crop_scale / 1.2)
    margin = (160 - shown) // 2
    bordered, other = (np.full_like(face, 128) for _ in range(2))
    inside = (slice(margin, 160 - margin),) * 2
    bordered[inside], other[inside] = face[inside], face[inside][:, ::-1]
    cache = cache_of("wide", records("a", "b", "c"), np.stack([face, bordered, other]))
    wide = replace(cache, template=replace(UTKFACE_TEMPLATE, crop_scale=1.2))
    assert cache_pairs([wide]).tolist() == [[0, 1]]
    assert cache_pairs([cache]).tolist() == []  # in a narrow chip all of it counts
