from __future__ import annotations

import pytest

from mien.evaluation.intervals import figure
from mien.evaluation.page.cells import Cell, brief, cell, csv_rows
from mien.evaluation.page.parts import POOLED, Column, Table, chosen, part_rows, table


@pytest.mark.parametrize(
    ("unit", "content", "expected"),
    [
        ("share", figure(0.9123, 0.9, 1.0, 1234), Cell("91.2 %", "90.0–100.0", "1,234")),
        ("years", figure(4.456, 4.0, 5.0, 9), Cell("4.46", "4.00–5.00", "9")),
        ("change", figure(-0.5, -1.25, 0.25, 9), Cell("−0.50", "−1.25 to +0.25", "9")),
        ("years", figure(0.5, -1.0, 2.0, 9), Cell("0.50", "−1.00 to 2.00", "9")),
        ("number", figure(0.98765, None, None, 2), Cell("0.988", "", "2")),
        ("count", 12345, Cell("12,345")),
        ("probability", 0.00001, Cell("< 0.001")),
        ("text", "18-20", Cell("18-20")),
        ("share", None, Cell("–")),
    ],
)
def test_a_cell_has_its_unit_and_interval(unit: str, content: object, expected: Cell) -> None:
    assert cell({"x": content}, Column("x", "", unit)) == expected


def test_a_cell_may_have_its_own_unit() -> None:
    column = Column("x", "", "own")
    assert cell({"x": figure(0.5, 0.4, 0.6, 9), "unit": "share"}, column).text == "50.0 %"
    assert cell({"x": figure(-2, -3, -1, 9), "unit": "change"}, column).text == "−2.00"


def test_a_narrow_cell_has_half_the_width_of_the_interval() -> None:
    column = Column("x", "", "share")
    assert brief({"x": figure(0.91, 0.9, 0.94, 50)}, column) == "91.0 % ±2.0"
    assert brief({}, column) == ""
    assert brief({"x": figure(-1, -2, 0.5, 50)}, Column("x", "", "change")) == "−1.00 ±1.25"


def test_a_csv_file_has_the_figure_its_interval_and_its_number() -> None:
    columns = (Column("part", "part", "text"), Column("mae", "", "years"), Column("k", "", "count"))
    made = table(
        "t",
        (*columns, Column("unused", "", "share")),
        [
            {"set": "a", "part": "x", "mae": figure(1.5, 1.0, 2.0, 7), "k": 3},
            {"set": "b", "part": "y"},
        ],
    )
    names, rows = csv_rows(made)
    assert names == ["set", "part", "mae", "mae_low", "mae_high", "mae_n", "k"]
    assert rows == [
        ["a", "x", 1.5, 1.0, 2.0, 7, 3],
        ["b", "y", None, None, None, None, None],
    ]


def test_a_single_set_is_not_shown_again_as_all_sets() -> None:
    sets = {POOLED: {"age": 1}, "a": {"age": 1}, "b": {}}
    assert list(chosen(sets, lambda of: "age" in of)) == ["a"]
    assert list(chosen(sets | {"c": {"age": 1}}, lambda of: "age" in of)) == [POOLED, "a", "c"]
    assert list(chosen({"a": {"age": 1}}, lambda of: "age" in of)) == ["a"]


def test_all_sets_together_have_no_figure_of_one_set() -> None:
    sets = {
        POOLED: {"by": {"gender": {"female": {"pictures": 5, "mae": 1}, "male": {"pictures": 2}}}},
        "a": {"by": {"gender": {"female": {"pictures": 3, "mae": 1}, "male": {"pictures": 2}}}},
        "b": {"by": {"gender": {"female": {"pictures": 2}}}},
    }
    rows = part_rows(sets, "gender")
    assert rows[0] == {"set": POOLED, "part": "female", "pictures": 5}
    assert [(row["set"], row["part"]) for row in rows[1:]] == [
        *(("a", "female"), ("a", "male"), ("b", "female"))
    ]
    assert rows[1]["mae"] == 1
    alone = {"a": sets["a"]}
    assert len(part_rows(alone, "gender")) == 2


def test_a_brief_table_shows_the_first_set() -> None:
    rows = ({"set": "a"}, {"set": "a"}, {"set": "b"})
    assert list(Table("t", (), rows, brief=True).by_set) == ["a"]
    assert [len(of) for of in Table("t", (), rows).by_set.values()] == [2, 1]
