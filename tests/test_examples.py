"""The examples of docstrings, run in a folder with a photograph and a film."""

import doctest
import inspect
import pkgutil
import shutil
from importlib import import_module

import cv2
import pytest

import mien
from mien.assets import ASTRONAUT


def modules():
    yield mien
    for found in pkgutil.walk_packages(mien.__path__, "mien."):
        if not found.name.startswith("mien.cli"):
            yield import_module(found.name)


EXAMPLES = [
    example
    for module in modules()
    for example in doctest.DocTestFinder(exclude_empty=True).find(module)
    if example.examples
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("examples")
    shutil.copy(ASTRONAUT, folder / "photo.jpg")
    frame = cv2.imread(str(ASTRONAUT))
    film = cv2.VideoWriter(
        str(folder / "film.avi"), cv2.VideoWriter.fourcc(*"MJPG"), 10, frame.shape[1::-1]
    )
    for _ in range(3):
        film.write(frame)
    film.release()
    return folder


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_an_example_prints_its_expected_output(example, folder, monkeypatch, tmp_path):
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    wrong = []
    doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(example, out=wrong.append)
    assert not wrong, "".join(wrong)


def test_every_public_name_has_an_example():
    named = {example.name.rpartition(".")[2] for example in EXAMPLES}
    lacking = [
        name
        for name in mien.__all__
        if name not in named
        and getattr(mien, name).__name__ not in named
        and not (
            inspect.isclass(getattr(mien, name)) and issubclass(getattr(mien, name), Exception)
        )
    ]
    assert lacking == []
