from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mien.evaluation.page.cells import csv_rows
from mien.evaluation.page.sections.whole import sections
from mien.evaluation.predictions import LabelPredictions, Predictions
from mien.evaluation.report.whole import whole_report

ABOUT = {"system": "x", "sha256": None, "split": None}


@st.composite
def some_answers(draw: st.DrawFn, whole: Predictions) -> Predictions:
    """Draws a few pictures, of which some answers and some labels are missing."""
    size = draw(st.integers(0, 7))
    few = whole.select(draw(st.lists(st.integers(0, 1999), min_size=size, max_size=size)))
    missing = np.array(draw(st.lists(st.booleans(), min_size=size, max_size=size)), np.bool_)
    records = [
        replace(record, gender=None, age_low=10, age_high=29, group=1)
        if draw(st.booleans())
        else replace(record, ethnicity=None, group=draw(st.sampled_from([None, 1, 2])))
        for record in few.records
    ]
    few = replace(few, records=records)
    if draw(st.booleans()):
        years = np.where(missing, np.nan, few.years).astype(np.float32)
        high = np.where(draw(st.booleans()), np.nan, few.high).astype(np.float32)
        few = replace(few, years=years, high=high, age=None, thresholds={18: years / 200})
    if draw(st.booleans()):
        decided = np.where(missing, "", few.labels["gender"].decided)
        head = LabelPredictions(("male", "female"), None, decided)
        few = replace(few, labels={"gender": head} if draw(st.booleans()) else {})
    return few


@settings(max_examples=25)
@given(st.data())
@pytest.mark.filterwarnings("error")
def test_few_pictures_and_missing_answers_have_a_report(
    plausible: Predictions, data: st.DataObject
) -> None:
    sets = {name: data.draw(some_answers(plausible)) for name in ("one", "two")}
    report = whole_report(sets, ABOUT)
    assert json.loads(json.dumps(report, allow_nan=False)) == report
    for section in sections(report):
        for block in section.blocks:
            for table in block.tables:
                names, rows = csv_rows(table)
                assert {len(row) for row in rows} == {len(names)}


def test_one_set_is_also_the_pooled_one(plausible: Predictions) -> None:
    few = plausible.select(range(30))
    report = whole_report({"one": few}, ABOUT)
    assert report["pooled"] == report["sets"]["one"]
    both = whole_report({"one": few, "two": plausible.select(range(30, 50))}, ABOUT)
    assert both["pooled"]["summary"]["pictures"] == 50
    assert both["sets"]["one"] == report["sets"]["one"]
