"""All sections of the page."""

from __future__ import annotations

from mien.evaluation.page.parts import Section
from mien.evaluation.page.sections.ages import age_section
from mien.evaluation.page.sections.certainty import certainty_section
from mien.evaluation.page.sections.fairness import fairness_section
from mien.evaluation.page.sections.labels import label_section
from mien.evaluation.page.sections.learning import learning_section
from mien.evaluation.page.sections.summary import summary_section
from mien.evaluation.page.sections.thresholds import threshold_section
from mien.evaluation.page.sections.unusual import unusual_section
from mien.evaluation.page.sections.views import view_section
from mien.evaluation.report.key_figures import Figures


def sections(report: Figures) -> list[Section]:
    """Returns the sections that have figures, in the order of the page.

    Args:
        report: Result of :func:`mien.evaluation.report.whole.whole_report`.
    """
    made = (
        summary_section,
        age_section,
        label_section,
        certainty_section,
        fairness_section,
        threshold_section,
        view_section,
        unusual_section,
        learning_section,
    )
    return [section for make in made if (section := make(report)).blocks]
