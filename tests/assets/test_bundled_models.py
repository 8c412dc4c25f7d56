from __future__ import annotations

import pytest

from mien import Analyzer
from mien.assets import ASTRONAUT, bundled_models, find_model

MOST_BYTES = 20_000_000


@pytest.mark.parametrize("name", bundled_models())
def test_each_judges_a_photograph_and_says_how_good_it_is(name: str) -> None:
    analyzer = Analyzer(name)
    (face,) = analyzer.analyze(ASTRONAUT)
    assert face.age.low < face.age.years < face.age.high
    assert 25 < face.age.years < 45
    assert analyzer.card.metrics["utkface test"]["pictures"] == 2366
    assert analyzer.card.metrics["fairface test"]["pictures"] == 4005
    assert find_model(name).stat().st_size <= MOST_BYTES


def test_nobody_restricts_what_open_was_made_of() -> None:
    card = Analyzer("open").card
    assert [(source.name, source.licence) for source in card.data] == [("fairface", "CC BY 4.0")]
    assert card.start["licence"] == "trained on fairface: CC BY 4.0; CC0"
    assert card.recipe["teachers"] == []
    assert card.licence == "trained on fairface: CC BY 4.0"
