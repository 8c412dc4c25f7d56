from __future__ import annotations

import pytest

from mien import Analyzer
from mien.assets import ASTRONAUT, bundled_models, find_model

MAX_BYTES = 20_000_000


@pytest.mark.parametrize("name", bundled_models())
def test_each_model_predicts_a_photograph_and_has_metrics(name: str) -> None:
    analyzer = Analyzer(name)
    (face,) = analyzer.analyze(ASTRONAUT)
    assert face.age.low < face.age.years < face.age.high
    assert 25 < face.age.years < 45
    assert analyzer.card.metrics["utkface test"]["pictures"] == 2366
    assert analyzer.card.metrics["fairface test"]["pictures"] == 4005
    assert find_model(name).stat().st_size <= MAX_BYTES


def test_the_terms_of_open_restrict_no_use() -> None:
    card = Analyzer("open").card
    assert [(source.name, source.licence) for source in card.data] == [("fairface", "CC BY 4.0")]
    assert card.start["licence"] == "trained on fairface: CC BY 4.0; CC0"
    assert card.recipe["teachers"] == []
    assert card.licence == "trained on fairface: CC BY 4.0"
