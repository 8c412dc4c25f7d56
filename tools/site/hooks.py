"""Functions that MkDocs calls while it builds the site.

Some pages are not in ``docs``: files of the repository's root, and pages that are made from the
program itself. In a page, ``<!-- site: NAME -->`` stands for something that is made from the
bundled models: a table, a figure.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from tools.site import api, diagrams, figures, models, notebook, questions, reports
from tools.site.links import COPIES, ROOT, for_the_site
from tools.site.separation import separated

MADE_PAGES: dict[str, Callable[[], str]] = {"service-api.md": api.page}
"""Pages that are made from the program, by their path on the site."""

PARTS: dict[str, Callable[[], str]] = {
    "age of the sample": figures.sample_ages,
    "diagram of one way": diagrams.one_way,
    "explanation of the sample": figures.sample_explanation,
    "figure of models": figures.models_by_age,
    "ladder of the sample": figures.sample_ladder,
    "models": models.zoo,
    "questions around 18": questions.questions,
    "reports": reports.reports,
    "training data": models.training_data,
}
"""Parts of pages that are made from the bundled models, by their name."""

TUTORIAL = ROOT / "docs" / "tutorial.ipynb"
"""The tutorial, which is a page of the guides where it is there."""

EXECUTED = ROOT / "out" / "tutorial" / "tutorial.ipynb"
"""The tutorial with its outputs, as ``make tutorial`` writes it."""

_PART = re.compile(r"<!-- site: (.+?) -->")


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Adds the tutorial to the guides."""
    if TUTORIAL.is_file():
        guides = next(entry["Guides"] for entry in config.nav or [] if "Guides" in entry)
        guides.append({"Tutorial": "tutorial.md"})
    return config


def on_files(files: Files, *, config: MkDocsConfig) -> Files:
    """Adds the pages and files that are not in ``docs``."""
    for path, source in COPIES.items():
        files.append(File.generated(config, path, abs_src_path=str(ROOT / source)))
    for path, text in MADE_PAGES.items():
        files.append(File.generated(config, path, content=text()))
    if TUTORIAL.is_file():
        files.append(
            File.generated(config, "tutorial.md", content=notebook.page(TUTORIAL, EXECUTED))
        )
    return files


def on_page_markdown(markdown: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Adds the made parts, and changes links between files into links between pages."""
    markdown = for_the_site(separated(markdown), page.file.src_uri)
    return _PART.sub(lambda found: _part(found[1], page), markdown)


def _part(name: str, page: Page) -> str:
    if name not in PARTS:
        raise PluginError(f"'{page.file.src_uri}' asks for '{name}', which nothing makes")
    return PARTS[name]()
