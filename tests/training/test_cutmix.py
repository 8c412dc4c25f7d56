from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from mien.training.cutmix import cutmix


@given(st.integers(0, 10_000), st.sampled_from([32, 64, 96]))
def test_only_a_square_of_each_chip_comes_from_its_partner(seed: int, size: int) -> None:
    chips = torch.arange(5.0)[:, None, None, None].expand(5, 3, size, size)
    views, partner, share = cutmix({"a": chips, "b": chips + 9}, np.random.default_rng(seed))
    mixed = views["a"]
    assert torch.equal(views["b"], mixed + 9)
    assert sorted(partner.tolist()) == list(range(5))
    pasted = mixed != chips
    for number in range(5):
        if partner[number] == number:
            assert not pasted[number].any()
            continue
        assert (mixed[number][pasted[number]] == partner[number]).all()
        assert pasted[number].float().mean().item() == np.float32(share)
        rows, columns = pasted[number].any(dim=0).nonzero(as_tuple=True)
        if len(rows):  # nothing else than one square
            assert (rows.max() - rows.min()) == (columns.max() - columns.min())
            assert pasted[number, :, rows, columns].all()


def test_squares_have_all_sizes_and_positions() -> None:
    chips = torch.stack([torch.zeros(3, 64, 64), torch.ones(3, 64, 64)])
    random = np.random.default_rng(0)
    draws = [cutmix({"chips": chips}, random) for _ in range(400)]
    assert np.mean([share for _, _, share in draws]) == pytest.approx(0.5, abs=0.05)
    covered = sum(mixed["chips"][0, 0] for mixed, partner, _ in draws if partner[0] == 1)
    assert isinstance(covered, torch.Tensor)
    assert covered.min() > 0
