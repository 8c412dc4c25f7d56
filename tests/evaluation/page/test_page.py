from __future__ import annotations

import csv
import json
import re
import shutil
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import sync_playwright
from rich.console import Console

from mien.datasets.records import Record
from mien.evaluation.intervals import share_of
from mien.evaluation.page.terminal import ladder_tables, tables
from mien.evaluation.page.writing import write_report
from mien.evaluation.predictions import LabelPredictions, Predictions
from mien.evaluation.report.key_figures import Figures, key_figures
from mien.evaluation.report.whole import whole_report

pytestmark = pytest.mark.filterwarnings("error")

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
ABOUT = {"system": "a <model>", "sha256": "0" * 64, "split": "test"}


class Page(HTMLParser):
    """Collects what the tests look at; it fails if an element is not closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: set[str] = set()
        self.addresses: list[str] = []
        self.titles: list[str] = []
        self.cells = 0
        self.drawings = 0
        self.text = ""
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        named = dict(attributes)
        self.ids |= {named["id"]} if "id" in named else set()
        self.addresses += [named[name] for name in ("href", "src", "xlink:href") if named.get(name)]
        self.cells += tag == "td"
        self.drawings += tag == "svg"
        if tag not in ("meta", "img", "link"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attributes)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] in ("h2", "h3"):
            self.titles.append(data)
        if "style" not in self.open:
            self.text += data


@pytest.fixture(scope="module")
def report(plausible: Predictions) -> Figures:
    random = np.random.default_rng(0)
    records = [replace(r, group=i // 2) for i, r in enumerate(plausible.records[:800])]
    grouped = replace(plausible.select(range(800)), records=records)
    names = ("White", "Black", "Asian", "Indian", "Other")
    probabilities = random.dirichlet(np.ones(5), 800).astype(np.float32)
    ethnicity = LabelPredictions(names, probabilities, np.array(names)[probabilities.argmax(1)])
    one = replace(grouped, labels={**grouped.labels, "ethnicity": ethnicity})
    made = whole_report({"one": one}, ABOUT)
    made["ladder"] = {
        name: key_figures(plausible.select(range(i, 800 + i)))
        for i, name in enumerate(("as it is", "mask"))
    }
    made["not_faces"] = {
        "drawings": {
            "pictures": 90,
            "with_detections": 30,
            "detections": 40,
            "unusual": share_of(36, 40),
        }
    }
    made["learning"] = {"epochs": [1.0, 2.0], "panels": {"train": {"loss": [3.0, 2.0]}}}
    return made


@pytest.fixture(scope="module")
def written(report: Figures, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    before = dict(mpl.rcParams)
    write_report(report, folder, {"as it is": b"JPEG", "mask": b"JPEG"})
    assert dict(mpl.rcParams) == before
    return folder


@pytest.fixture(scope="module")
def page(written: Path) -> Page:
    return Page((written / "index.html").read_text(encoding="utf-8"))


def test_the_page_needs_no_other_file_and_no_network(written: Path, page: Page) -> None:
    for address in page.addresses:
        if address.startswith("#"):
            assert address[1:] in page.ids, address
        elif not address.startswith("data:"):
            assert (written / address).is_file(), address
            assert address.startswith("tables/")  # a link, which the page does not load
    text = (written / "index.html").read_text(encoding="utf-8")
    assert not re.search(r"<script|<link|@import|url\(\s*['\"]?http", text)


@pytest.mark.skipif(CHROMIUM is None, reason="Chromium is missing: apt-get install chromium")
@pytest.mark.parametrize(("width", "medium"), [(390, "screen"), (1360, "screen"), (680, "print")])
def test_the_page_fits_telephones_screens_and_paper(written: Path, width: int, medium: str) -> None:
    with (
        sync_playwright() as driver,
        driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"]) as browser,
    ):
        shown = browser.new_page(viewport={"width": width, "height": 800})
        asked: list[str] = []
        shown.on("request", lambda request: asked.append(request.url))
        shown.emulate_media(media=medium)
        shown.goto((written / "index.html").as_uri())
        assert shown.evaluate("document.documentElement.scrollWidth") == width
        assert [address for address in asked if not address.startswith("data:")] == asked[:1]


def test_the_page_has_every_section_table_and_plot(written: Path, page: Page) -> None:
    for title in (
        *("At a glance", "Apparent age", "Gender presentation and other labels"),
        *("How sure the answers are", "Groups of people", "The questions around 18"),
        *("What a poor view costs", "How to read this page", "The ladder of poor views"),
        *("Pictures without a human face", "Learning curves"),
        *("The same face again", "In the terms of NIST", "Ethnicity"),
    ):
        assert title in page.titles
    plots = list((written / "plots").iterdir())
    assert page.drawings == len(plots) > 25
    assert page.cells > 1000
    assert "a <model>" in page.text


def test_the_page_shows_the_figures_of_the_json(written: Path, page: Page) -> None:
    metrics = json.loads((written / "metrics.json").read_text(encoding="utf-8"))
    assert metrics["schema"] == 2
    assert metrics["about"] == ABOUT
    assert metrics["pooled"] == metrics["sets"]["one"]
    mae = metrics["sets"]["one"]["summary"]["mae"]
    assert f"{mae['value']:.2f}" in page.text
    assert f"{mae['low']:.2f}–{mae['high']:.2f}" in page.text


def test_the_page_has_the_number_of_pictures_where_the_row_has_another(
    report: Figures, page: Page
) -> None:
    summary = report["sets"]["one"]["summary"]
    decided = summary["gender_decided_accuracy"]
    assert decided["n"] < summary["pictures"]
    assert (
        f"{100 * decided['low']:.1f}–{100 * decided['high']:.1f}n = {decided['n']:,}" in page.text
    )
    assert (
        f"n = {summary['pictures']:,}"
        not in page.text.partition("At a glance")[2].partition("Apparent age")[0]
    )


def test_the_page_says_how_many_parts_differ(report: Figures, page: Page) -> None:
    tests = report["sets"]["one"]["calibration"]["intervals"]["tests"][1:]
    different = sum(test["differs"] for test in tests)
    assert f"{different} of {len(tests)} parts differ from 80 % (one)." in page.text


def test_the_tables_have_the_figures_of_the_json(written: Path, report: Figures) -> None:
    with (written / "tables" / "by_age_band.csv").open(newline="") as file:
        rows = {row["part"]: row for row in csv.DictReader(file)}
    bands = report["sets"]["one"]["by"]["age_band"]
    assert rows.keys() == bands.keys()
    for name, figures in bands.items():
        assert float(rows[name]["mae"]) == figures["mae"]["value"]
        assert int(rows[name]["mae_n"]) == figures["mae"]["n"]
    for path in (written / "tables").iterdir():
        with path.open(newline="") as file:
            lengths = {len(row) for row in csv.reader(file)}
        assert len(lengths) == 1, path


def test_every_plot_is_a_picture_with_nothing_cut_off(written: Path) -> None:
    for path in (written / "plots").iterdir():
        with Image.open(path) as picture:
            assert picture.format == "PNG"
            assert all(250 <= side <= 2000 for side in picture.size), path
            pixels = np.asarray(picture.convert("L"))
        assert 0.01 < (pixels < 250).mean() < 0.8, path
        assert min(pixels[[0, -1]].min(), pixels[:, [0, -1]].min()) == 255, path


def test_drawings_have_the_colours_of_the_page(written: Path) -> None:
    text = (written / "index.html").read_text(encoding="utf-8")
    drawings = re.findall(r"<svg.*?</svg>", text, re.DOTALL)
    defined = set(re.findall(r"(--[\w-]+):", text))
    for drawing in drawings:
        used = set(re.findall(r"var\((--[\w-]+)", drawing))
        assert "--ink" in used
        assert used <= defined
        assert not re.search(r"(?<!, )#222222", drawing)
    identifiers = [set(re.findall(r'id="([^"]+)"', drawing)) for drawing in drawings]
    for i, names in enumerate(identifiers):
        # Two drawings may define the same shape; their definitions then are equal.
        for other in identifiers[i + 1 :]:
            assert not names & other


def test_several_sets_are_side_by_side(make_certain, tmp_path: Path) -> None:
    """One set has exact ages, the other has brackets; a system without intervals and labels."""
    nan = np.full(60, np.nan, np.float32)
    ages = [30 + i // 2 for i in range(60)]  # no question around 18 has younger people
    exact = make_certain(
        [Record(f"{i}", age, age, "male") for i, age in enumerate(ages)], ages, [0.3] * 60
    )
    brackets = make_certain([Record(f"{i}", 30, 39, "female") for i in range(60)], ages, [0.3] * 60)
    sets = {
        name: replace(one, low=nan, high=nan, age=None, labels={}, eye_distance=nan)
        for name, one in (("exact/1", exact), ("brackets", brackets))
    }
    report = whole_report(sets, {**ABOUT, "sha256": None})
    write_report(report, tmp_path)
    page = Page((tmp_path / "index.html").read_text(encoding="utf-8"))
    assert "120 pictures of exact/1, brackets, split test" in page.text
    with (tmp_path / "tables" / "summary_age.csv").open(newline="") as file:
        rows = {row["set"]: row for row in csv.DictReader(file)}
    assert list(rows) == ["all sets", "exact/1", "brackets"]
    assert (rows["brackets"]["mae"], rows["exact/1"]["mae"]) == ("", "0.0")
    assert "Apparent age" in page.titles
    assert not {"How sure the answers are", "The questions around 18"} & set(page.titles)
    assert all(path.suffix == ".png" for path in (tmp_path / "plots").iterdir())


def shown(report: Figures, width: int) -> str:
    console = Console(width=width)
    with console.capture() as capture:
        for table in tables(report, "a model, test"):
            console.print(table)
        for table in ladder_tables(report["ladder"]):
            console.print(table)
    return capture.get()


def test_the_tables_of_a_terminal_are_whole_in_80_columns(report: Figures) -> None:
    text = shown(report, 80)
    assert "…" not in text
    summary = report["sets"]["one"]["summary"]
    row = next(line for line in text.splitlines() if line.startswith("one"))
    assert f"{summary['mae']['value']:.2f} ±" in row
    assert "a model, test" in text
    assert "poor views, all sets" in text
    assert any(line.startswith("mask") for line in text.splitlines())
