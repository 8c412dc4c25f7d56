"""The section about the training of the model."""

from __future__ import annotations

from functools import partial

from mien.evaluation.learning_curves import draw
from mien.evaluation.page.parts import Block, Plot, Section
from mien.evaluation.report.key_figures import Figures


def learning_section(report: Figures) -> Section:
    """Returns the section with the learning curves; without a log it is empty."""
    log = report.get("learning")
    block = Block(
        "Losses and metrics by epoch",
        (
            "The losses are those of training pictures, with their random changes. The metrics are"
            " those of validation pictures, of the network before its export. If a metric grows"
            " worse while the loss still falls, the network learns its pictures by heart.",
        ),
        plots=(Plot("learning_curves", "Losses and metrics by epoch", partial(draw, log)),)
        if log
        else (),
    )
    return Section(
        "learning",
        "Learning curves",
        "How the network improved in the training run.",
        (block,) if log else (),
    )
