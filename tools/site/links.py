"""Links between files of the repository as links between pages of the site."""

from __future__ import annotations

import re
from pathlib import Path
from posixpath import dirname, join, normpath, relpath

ROOT = Path(__file__).parents[2]
"""The repository."""

COPIES = {
    "benchmarks.md": "benchmarks/README.md",
    "changelog.md": "CHANGELOG.md",
    "conduct.md": "CODE_OF_CONDUCT.md",
    "contributing.md": "CONTRIBUTING.md",
    "security.md": "SECURITY.md",
    "images/logo.svg": "src/mien/web/logo.svg",
}
"""Files of the repository outside ``docs``, by their path on the site."""

_PAGES = {source: path for path, source in COPIES.items()} | {
    "README.md": "index.md",
    "docs/tutorial.ipynb": "tutorial.md",
}
_LINK = re.compile(r"(?<=\]\()(?![a-z]+:|#|/)([^)#\s]+)(?=[)#])")


def for_the_site(markdown: str, path: str) -> str:
    """Changes the links of a page.

    Args:
        markdown: The page; its links are relative to its file in the repository.
        path: Path of the page on the site.
    """
    folder = dirname(COPIES.get(path, f"docs/{path}"))

    def changed(found: re.Match[str]) -> str:
        target = normpath(join(folder, found[1]))
        page = _PAGES.get(target, target.removeprefix("docs/"))
        return relpath(page, dirname(path) or ".")

    return _LINK.sub(changed, markdown)
