"""Figures that are made from the bundled models and the bundled sample."""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from mien import Analyzer, explain
from mien.assets import ASTRONAUT
from mien.attributes.card import Card
from mien.drawing import plots as style
from mien.drawing.explanation import draw_sheet
from mien.evaluation.robustness import sample_on_ladder
from tools.site.models import SET_NAMES, bundled

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_SPANS = {"0-9": "0 to 9", "10+": "10 and over", "60+": "60 and over"}
_PANELS = (
    ("mae", "utkface test", "Apparent age: error in years", 1),
    ("gender_accuracy", "utkface test", "Gender presentation: right, %", 100),
    ("gender_accuracy", "fairface test", "Gender presentation: right, %", 100),
)
_AT_LEAST = (18, 21, 25)


@cache
def _analyzer() -> Analyzer:
    return Analyzer()


def sample_ages() -> str:
    """Returns a plot of the age distribution of the sample's face."""
    age = _analyzer().analyze(ASTRONAUT)[0].age
    assert age.distribution is not None
    ages = np.arange(len(age.distribution))
    figure = style.new_figure(
        6.4,
        3.3,
        f"Looks {age.years:.0f}, and how sure that is",
        "Probability of each year of age for the sample picture, by the model default",
    )
    axes = figure.subplots()
    inside = (ages >= round(age.low)) & (ages <= round(age.high))
    axes.bar(ages, 100 * age.distribution, 0.85, color=style.FAINT)
    axes.bar(ages[inside], 100 * age.distribution[inside], 0.85, color=style.BLUE)
    axes.set_xlim(0, 80)
    style.tidy(axes, "Age, years", "Probability, %", grid="y")
    lines = [f"80 % interval: {age.low:.0f} to {age.high:.0f}", ""]
    lines += [f"{n} or older: {100 * age.at_least(n):.0f} %" for n in _AT_LEAST]
    for index, line in enumerate(lines):
        colour = style.BLUE if index == 0 else style.INK
        height = 0.86 - 0.105 * index
        axes.text(0.62, height, line, transform=axes.transAxes, color=colour, size=style.TEXT)
    return _shown(figure, "sample-ages")


def models_by_age() -> str:
    """Returns a plot of the figures of the bundled models by age, from their cards."""
    cards = bundled()
    panels = [
        panel
        for panel in _PANELS
        if any(_value(card, panel, "10+") is not None for card in cards.values())
    ]
    figure = style.new_figure(
        7.4,
        3.3,
        "How good it is depends on the age",
        "From the card of each model; each dot is a model",
    )
    for axes, panel in zip(figure.subplots(1, len(panels), sharey=True), panels, strict=True):
        for index, (card, colour) in enumerate(zip(cards.values(), style.LINES, strict=False)):
            values = [_value(card, panel, span) for span in _SPANS]
            heights = [row + 0.16 * (index - (len(cards) - 1) / 2) for row in range(len(_SPANS))]
            known = [(v, h) for v, h in zip(values, heights, strict=True) if v is not None]
            if known:
                x, y = zip(*known, strict=True)
                axes.plot(x, y, "o", color=colour, markersize=7, label=card.name)
        axes.set_yticks(range(len(_SPANS)), _SPANS.values())
        axes.set_ylim(len(_SPANS) - 0.5, -0.5)
        if panel[3] == 1:
            axes.set_xlim(left=0)
        style.tidy(axes, panel[2], "Age, years" if panel is panels[0] else "", grid="x")
        style.panel_title(axes, SET_NAMES[panel[1].split()[0]])
    figure.legend(
        *figure.axes[0].get_legend_handles_labels(),
        loc="outside lower center",
        ncols=len(cards),
        frameon=False,
        fontsize=style.SMALL,
        labelcolor=style.INK,
    )
    return _shown(figure, "models-by-age", "plot wide")


def _value(card: Card, panel: tuple[str, str, str, int], span: str) -> float | None:
    key, name, _, scale = panel
    value = card.metrics.get(name, {}).get(f"{key}_{span}")
    return None if value is None else scale * value


def sample_explanation() -> str:
    """Returns the explanation of the sample's face, as ``mien explain`` draws it."""
    sheet = BytesIO()
    Image.fromarray(draw_sheet(explain(_analyzer(), ASTRONAUT))).save(sheet, "JPEG", quality=88)
    text = (
        "The sample's face, and the parts of it that its age and its gender presentation depend on"
    )
    return f'<figure class="plot">{_picture(sheet.getvalue(), text)}</figure>'


def sample_ladder() -> str:
    """Returns the sample's face on the ladder of poor views."""
    steps = (
        f"<figure>{_picture(file, f'The sample: {name}')}<figcaption>{name}</figcaption></figure>"
        for name, file in sample_on_ladder(_analyzer()).items()
    )
    return f'<div class="ladder">{"".join(steps)}</div>'


def _picture(file: bytes, text: str) -> str:
    return f'<img src="data:image/jpeg;base64,{b64encode(file).decode()}" alt="{text}">'


def _shown(figure: Figure, name: str, kind: str = "plot") -> str:
    return f'<figure class="{kind}">{style.svg(figure, name)}</figure>'
