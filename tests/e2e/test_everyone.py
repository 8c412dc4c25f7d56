"""For everyone: languages, the keyboard, screen readers, light and dark, small screens."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from visiting import settled

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "src" / "mien" / "assets" / "astronaut.jpg"
AXE = "axe-core@4.10.3"


@pytest.mark.parametrize(
    ("locale", "language", "title"),
    [
        ("de-AT", "de", "Wie alt wirkt ein Gesicht?"),
        ("pt-BR", "pt", "Que idade um rosto aparenta?"),
        ("zh-TW", "zh", "这张脸看起来多大？"),
        ("sv-SE", "en", "How old does a face look?"),
    ],
)
def test_the_language_is_that_of_the_browser(visit, locale: str, language: str, title: str) -> None:
    page = visit(locale=locale, ready=False)
    assert page.locator("html").get_attribute("lang") == language
    assert page.locator("h1:visible").inner_text().replace("\n", " ") == title


def test_the_language_can_be_changed_and_is_remembered(visit) -> None:
    page = visit()
    page.get_by_label("Language").select_option("ar")
    page.get_by_role("heading", name="كم يبدو عمر الوجه؟").wait_for()
    assert page.locator("html").get_attribute("dir") == "rtl"
    assert page.locator("html").get_attribute("lang") == "ar"
    rail = page.locator(".rail").bounding_box()
    stage = page.locator(".stage").bounding_box()
    assert rail["x"] > stage["x"], "what was on the left is on the right"
    assert page.locator("[data-attribute=gender] .label").inner_text() == "التعبير الجندري الظاهري"
    width = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert width[0] <= width[1]
    page.reload()
    page.get_by_role("heading", name="كم يبدو عمر الوجه؟").wait_for()
    page.get_by_label("اللغة").select_option("tr")
    page.get_by_role("heading", name="Bir yüz kaç yaşında görünüyor?").wait_for()
    assert page.locator("html").get_attribute("dir") == "ltr"
    page.get_by_role("button", name="Dağılım").click()
    assert page.locator(".pairs strong").first.inner_text().startswith("%")


def test_a_language_that_cannot_be_loaded_does_not_change_the_page(visit) -> None:
    page = visit()
    page.route("**/locales/ar.json", lambda route: route.abort())
    language = page.get_by_label("Language")
    language.select_option("ar")
    problem = page.get_by_role("alert").filter(has_text="العربية")
    assert "could not be loaded" in problem.inner_text()
    assert page.locator("html").get_attribute("lang") == "en"
    assert language.input_value() == "en"
    assert page.get_by_role("heading", name="How old does a face look?").is_visible()
    assert page.locator("#banner").is_hidden(), "the service is there"
    language.select_option("de")
    page.get_by_role("heading", name="Wie alt wirkt ein Gesicht?").wait_for()
    assert problem.is_hidden()


def test_without_the_preferred_language_the_page_begins_in_english(visit) -> None:
    page = visit(locale="de-DE", ready=False, missing="**/locales/de.json")
    assert page.locator("html").get_attribute("lang") == "en"
    assert "Deutsch" in page.get_by_role("alert").inner_text()


def test_the_page_can_be_used_with_the_keyboard_alone(visit, tmp_path: Path) -> None:
    page = visit()

    def focused() -> str:
        return page.evaluate(
            """() => {
              const at = document.activeElement;
              return at.getAttribute("aria-label") || at.innerText.trim() || at.id;
            }"""
        )

    def go_to(name: str) -> None:
        for _ in range(20):
            page.keyboard.press("Tab")
            if focused() == name:
                return
        raise AssertionError(f"the keyboard does not reach {name}")

    page.keyboard.press("Tab")
    assert focused() == "Skip to the content"
    assert page.locator("#skip").bounding_box()["y"] >= 0
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert focused() == "Choose pictures"
    # The dialog of the browser must not open, for it would take the keyboard.
    page.locator("#files").evaluate(
        """(files) => files.addEventListener("click", (event) => {
          event.preventDefault();
          files.dataset.opened = "";
        })"""
    )
    page.keyboard.press("Enter")
    page.wait_for_selector("#files[data-opened]", state="attached")
    go_to("Distribution (Face 1)")
    ring = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert ring == "solid"
    page.keyboard.press("Space")
    assert page.locator(".hill").is_visible()
    go_to("18 or older? (Face 1)")
    page.keyboard.press("Enter")
    go_to("Age in years")
    page.keyboard.press("ArrowRight")
    assert "Looks 19 or older" in page.locator(".at-least").inner_text()


def test_the_limits_page_has_the_figures_of_the_model(visit) -> None:
    page = visit()
    model = json.loads(page.evaluate("fetch('v1/model').then((r) => r.text())"))
    page.get_by_role("link", name="Limits", exact=True).click()
    assert page.get_by_role("heading", name="What mien is, and what it is not").is_visible()
    assert page.locator("#faces-page").is_hidden()
    figures = page.locator(".figures").inner_text()
    shown = [m["gender_accuracy_0-9"] for m in model["metrics"].values() if "gender_accuracy" in m]
    assert len(shown) >= 2
    assert all(f"{100 * share:.1f}%" in figures for share in shown)
    assert model["sha256"] in page.locator("#model").inner_text()
    page.go_back()
    assert page.get_by_role("heading", name="Sample picture").is_visible()


@pytest.fixture(scope="session")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The source of axe-core, which is downloaded from npm once into an ignored folder."""
    script = ROOT / "runs" / "packages" / "axe.min.js"
    if not script.exists():
        folder = tmp_path_factory.mktemp("axe")  # another process may fetch it at the same time
        if shutil.which("npm") is None:
            pytest.skip("axe-core is fetched with npm, which is not installed")
        packed = subprocess.run(
            ["npm", "pack", "--silent", AXE],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
        if packed.returncode != 0:
            pytest.skip(f"axe-core cannot be fetched: {packed.stderr.strip()[-200:]}")
        shutil.unpack_archive(folder / packed.stdout.strip().splitlines()[-1], folder)
        script.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(folder / "package" / "axe.min.js", script)
    return script.read_text(encoding="utf-8")


@pytest.mark.parametrize(("locale", "scheme"), [("en-GB", "light"), ("ar-EG", "dark")])
def test_axe_finds_nothing_serious(visit, axe: str, locale: str, scheme: str) -> None:
    page = visit(locale=locale, color_scheme=scheme, camera=True)
    page.evaluate(axe)

    def violations() -> list[str]:
        found = page.evaluate("axe.run().then((results) => results.violations)")
        return [
            f"{violation['id']}: {node['html'][:200]} {node['failureSummary']}"
            for violation in found
            if violation["impact"] in ("serious", "critical")
            for node in violation["nodes"]
        ]

    page.locator(".options summary").click()
    for question in page.locator(".question").all():
        question.click()
    page.locator(".look").first.wait_for()
    assert not violations()
    page.set_input_files(
        "#files",
        [
            {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": b"none"},
            {"name": "b.jpg", "mimeType": "image/jpeg", "buffer": SAMPLE.read_bytes()},
            {"name": "c.jpg", "mimeType": "image/jpeg", "buffer": SAMPLE.read_bytes()},
        ],
    )
    settled(page, 3)
    page.locator(".audience").wait_for()
    assert not violations()
    page.locator("#camera").click()
    page.locator(".live .card .age-years").first.wait_for()
    assert not violations()
    page.goto(page.url.split("#")[0] + "#limits")
    page.locator(".figures").wait_for()
    assert not violations()


@pytest.mark.parametrize("locale", ["en-GB", "de-DE", "ar-EG"])
def test_nothing_is_wider_than_the_screen(visit, locale: str) -> None:
    page = visit(locale=locale)
    for fragment in ("#faces", "#limits"):
        page.goto(page.url.split("#")[0] + fragment)
        for width in (320, 390, 820, 1440):
            page.set_viewport_size({"width": width, "height": 800})
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, fragment
