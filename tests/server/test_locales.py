"""The page's catalogues: complete, used, well formed."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import mien
from mien.attributes.heads import ETHNICITY, GENDER

PAGE = Path(mien.__file__).parent / "web"
LOCALES = PAGE / "locales"
PLURALS = {
    "en": {"one", "other"},
    "de": {"one", "other"},
    "es": {"one", "other"},
    "fr": {"one", "other"},
    "pt": {"one", "other"},
    "tr": {"one", "other"},
    "ar": {"zero", "one", "two", "few", "many", "other"},
    "hi": {"one", "other"},
    "ja": {"other"},
    "ko": {"other"},
    "zh": {"other"},
}
"""What the language tells apart, by CLDR; `many` of French, Spanish and Portuguese, which begins at
a million, is as `other`."""

PLACEHOLDER = re.compile(r"{(\w+)}")
KEY = re.compile(r"[a-z]+(?:[.-][a-z0-9]+)*")


def catalogue(tag: str) -> dict[str, str | dict[str, str]]:
    def without_repetition(pairs: list[tuple[str, object]]) -> dict[str, object]:
        names = [name for name, _ in pairs]
        assert len(names) == len(set(names)), f"an entry twice in {tag}: {names}"
        return dict(pairs)

    text = (LOCALES / f"{tag}.json").read_text(encoding="utf-8")
    return json.loads(text, object_pairs_hook=without_repetition)


def forms(entry: str | dict[str, str]) -> list[str]:
    return [entry] if isinstance(entry, str) else [*entry.values()]


def placeholders(entry: str | dict[str, str]) -> set[str]:
    return {name for form in forms(entry) for name in PLACEHOLDER.findall(form)}


def quoted() -> set[str]:
    """Returns all that stands in quotation marks in the page's files."""
    files = [*PAGE.rglob("*.js"), PAGE / "index.html"]
    return {text for file in files for text in re.findall(r'"([^"\n]*)"', file.read_text("utf-8"))}


def test_there_is_a_catalogue_for_each_language_of_the_page() -> None:
    listed = re.search(
        r"LANGUAGES = {(.*?)};",
        (PAGE / "js" / "i18n" / "languages.js").read_text("utf-8"),
        re.DOTALL,
    )
    assert listed
    tags = set(re.findall(r"^\s*(\w+):", listed[1], re.MULTILINE))
    assert tags == set(PLURALS) == {file.stem for file in LOCALES.glob("*.json")}


def test_every_entry_is_used_and_every_text_that_is_used_is_there() -> None:
    english = catalogue("en")
    named = quoted()
    assert not set(english) - named, "unused entries"
    in_html = re.findall(r'data-t(?:-label)?="([^"]*)"', (PAGE / "index.html").read_text("utf-8"))
    in_scripts = [
        key
        for file in PAGE.rglob("*.js")
        for key in re.findall(r'(?<![\w.])t\(\s*"([^"]*)"', file.read_text("utf-8"))
    ]
    families = {key.split(".")[0] for key in english if "." in key}
    dotted = [n for n in named if KEY.fullmatch(n) and n.split(".")[0] in families and "." in n]
    missing = {*in_html, *in_scripts, *dotted} - set(english)
    assert not {key for key in missing if not key.endswith((".jpg", ".css"))}, "missing entries"


@pytest.mark.parametrize("tag", PLURALS)
def test_a_catalogue_has_the_entries_of_the_english_one_in_its_order(tag: str) -> None:
    assert list(catalogue(tag)) == list(catalogue("en"))


@pytest.mark.parametrize("tag", PLURALS)
def test_entries_are_well_formed(tag: str) -> None:
    english = catalogue("en")
    for key, entry in catalogue(tag).items():
        assert KEY.fullmatch(key), key
        assert isinstance(entry, dict) == isinstance(english[key], dict), key
        assert placeholders(entry) == placeholders(english[key]), key
        for form in forms(entry):
            assert isinstance(form, str), key
            assert form.strip() == form, key
            assert form, key
            assert "  " not in form, key
            assert not re.search(r"[{}]", PLACEHOLDER.sub("", form)), key
            assert "..." not in form, key
            assert "'" not in form, f"{key}: a typewriter's apostrophe"


@pytest.mark.parametrize("tag", PLURALS)
def test_plurals_tell_apart_what_the_language_does(tag: str) -> None:
    for key, entry in catalogue(tag).items():
        if isinstance(entry, dict):
            assert set(entry) == PLURALS[tag], key
            # Arabic writes none, one and two as words.
            for category in set(entry) & {"few", "many", "other"}:
                assert "{count}" in entry[category], (key, category)


def test_what_is_said_in_every_language_is_translated() -> None:
    english = catalogue("en")
    for tag in set(PLURALS) - {"en"}:
        translated = catalogue(tag)
        copied = {
            key
            for key, entry in english.items()
            if translated[key] == entry and len(str(entry)) > 20
        }
        assert not copied, tag


def test_attributes_of_mien_itself_are_translated() -> None:
    """Labels and notices are found by the texts of the model, which must be the page's too."""
    script = (PAGE / "js" / "i18n" / "attributes.js").read_text("utf-8")
    for head in (GENDER, ETHNICITY):
        assert re.search(rf'^  {head.name}: "face\.{head.name}"', script, re.MULTILINE)
        for label in head.labels:
            assert f'{label}: "{head.name}.{label.lower()}"' in script
    assert f'"{ETHNICITY.notice}":\n    "ethnicity.notice"' in script
    assert catalogue("en")["ethnicity.notice"] == ETHNICITY.notice.replace("'", "’")
