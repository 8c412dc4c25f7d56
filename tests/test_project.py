"""What the files about the project say agrees."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import yaml

import mien
from tools.badges import FOLDER, badges

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def test_the_workflow_tests_the_versions_of_the_classifiers() -> None:
    workflow = yaml.safe_load((ROOT / ".github/workflows/tests.yml").read_text("utf-8"))
    matrix = workflow["jobs"]["test"]["strategy"]["matrix"]
    named = re.findall(r"Python :: (3\.\d+)", "\n".join(PROJECT["classifiers"]))
    assert matrix["python"] == named
    assert PROJECT["requires-python"] == f">={named[0]}"
    assert len(matrix["system"]) == sum(
        c.startswith("Operating System") for c in PROJECT["classifiers"]
    )


def test_the_citation_has_the_version_and_the_licence() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    assert citation["version"] == PROJECT["version"]
    assert citation["license"] == PROJECT["license"]


def test_the_reference_has_every_public_name() -> None:
    reference = (ROOT / "docs/reference/index.md").read_text("utf-8")
    listed = re.findall(r"\[`(\w+)`\]\[mien\.", reference)
    assert sorted(listed) == sorted(mien.__all__)


def test_the_readme_has_the_badges_of_the_project() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    assert set(badges()) == {"python", "licence", "types"}
    for name, text in badges().items():
        assert (FOLDER / f"{name}.svg").read_text("utf-8") == text, "run: python -m tools.badges"
        assert f"(docs/images/badges/{name}.svg)" in readme
    (least,) = re.findall(r"^>=(3\.\d+)$", PROJECT["requires-python"])
    assert f"![Python {least} or newer]" in readme
    assert f"![Licence: {PROJECT['license']}]" in readme
