"""The inputs that were faults once, and small valid ones, keep to the contract of their target."""

from __future__ import annotations

import pytest

from fuzz.contract import check
from fuzz.targets import TARGETS, load, seeds


@pytest.mark.parametrize("target", TARGETS)
def test_seeds(target: str) -> None:
    tried = 0
    for name, data in seeds(target):
        try:
            check(load(target).run, data)
        except Exception as error:
            pytest.fail(f"the seed '{name}': {error!r}")
        tried += 1
    assert tried, "the target has no seed"


def test_the_contract_lets_only_documented_errors_through() -> None:
    from mien.errors import DataError, PictureMemoryError

    def fail_with(error: Exception) -> None:
        def run(_: bytes) -> None:
            raise error

        check(run, b"")

    fail_with(DataError("it is no table"))
    for error in (KeyError("x"), MemoryError(), PictureMemoryError("too little"), DataError("")):
        with pytest.raises((type(error), AssertionError)):
            fail_with(error)
