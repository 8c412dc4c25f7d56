from __future__ import annotations

from mien import Quality


def test_hints_name_the_problems_of_a_view() -> None:
    assert Quality(200, 0.9, 0.9).hints == ()
    assert Quality(20, 0.1, 0.1).hints == ("small", "blurred", "turned")
    assert Quality(200, 0.9, None).hints == ()
    for rotation, hints in ((0, ()), (-40, ()), (50, ("rotated",)), (-170, ("rotated",))):
        assert Quality(200, 0.9, 0.9, rotation).hints == hints
