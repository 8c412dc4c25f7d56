from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree

import matplotlib as mpl

from mien.drawing import plots


def test_a_figure_becomes_an_element_in_the_colours_of_the_page() -> None:
    before = dict(mpl.rcParams)
    drawings = []
    for name in ("one", "one", "two"):
        figure = plots.new_figure(3, 2, "A title", "below")
        axes = figure.subplots()
        for colour in plots.LINES:
            axes.plot([0, 1], [1, 0], ".-", color=colour)
        plots.tidy(axes, "across", "up", grid="both")
        drawings.append(plots.svg(figure, name))
    assert dict(mpl.rcParams) == before
    first, again, other = drawings
    assert first == again
    root = ElementTree.fromstring(first)  # an element, without what comes before it in a file
    assert root.tag.endswith("svg")
    texts = {text for element in root.iter() if (text := (element.text or "").strip())}
    assert {"A title", "below", "across", "up"} <= texts
    for number in range(1, len(plots.LINES) + 1):
        assert f"var(--line-{number}, {plots.LINES[number - 1]})" in first
    ids = [set(re.findall(r' id="([^"]+)"', drawing)) for drawing in (first, other)]
    assert ids[0]
    assert not ids[0] & ids[1]
    for reference in re.findall(r'(?:href="#|url\(#)([^")]+)', first):
        assert reference in ids[0]
