"""From the paths of a command line to pictures: what is found, left out and said."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from mien.cli.inputs import find_picture, find_pictures
from mien.errors import PictureError
from mien.images.folders import LeftOut


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder as archives, desktops and network drives leave it, and the current one."""
    for name in (
        *("a.jpg", "notes.txt", "sub/b.PNG", "sub/deep/c.webp", ".hidden/d.jpg", "sub/.e.jpg"),
        *("._a.jpg", "Thumbs.db", ".DS_Store", "sub/desktop.ini", "sub/._b.PNG"),
        *("__MACOSX/tree/._a.jpg", "@eaDir/a.jpg/SYNOPHOTO_THUMB_M.jpg", "$RECYCLE.BIN/f.jpg"),
        *("sub/@eaDir/f.jpg", ".Trash-1000/files/f.jpg"),
    ):
        path = tmp_path / "tree" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "linked.jpg").touch()
    monkeypatch.chdir(tmp_path)
    return tmp_path / "tree"


def found(*paths: str, recursive: bool = False) -> tuple[list[str], LeftOut]:
    sources, left_out = find_pictures(paths, recursive=recursive)
    names = [name for name, source in sources if not isinstance(source, PictureError)]
    return [Path(name).as_posix() for name in names], left_out


def errors(*paths: str, recursive: bool = False) -> list[str]:
    sources, _ = find_pictures(paths, recursive=recursive)
    return [str(source) for _, source in sources if isinstance(source, PictureError)]


ALL = ["tree/.hidden/d.jpg", "tree/a.jpg", "tree/sub/.e.jpg", "tree/sub/b.PNG"]


def test_what_systems_keep_beside_pictures_is_left_out(tree: Path) -> None:
    assert found("tree") == (["tree/a.jpg"], LeftOut())
    assert found("tree", recursive=True) == ([*ALL, "tree/sub/deep/c.webp"], LeftOut())


def test_what_systems_keep_is_told_if_it_is_named(tree: Path) -> None:
    named = [str(path) for path in sorted(tree.iterdir()) if not path.name.startswith(".h")]
    names, left_out = found(*named)
    assert [Path(name).name for name in names] == ["a.jpg", "notes.txt", ".e.jpg", "b.PNG"]
    assert [Path(name).name for name in left_out.system] == [
        *("$RECYCLE.BIN", ".DS_Store", ".Trash-1000", "._a.jpg", "@eaDir", "Thumbs.db", "__MACOSX")
    ]


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("tree/*.jpg", ["a.jpg"]),
        ("tree/*", ["a.jpg", "notes.txt"]),
        ("*/sub/*", ["sub/b.PNG"]),
        ("tree/*/*.jpg", []),
        ("tree/*/*/*", ["sub/deep/c.webp"]),
        ("tree/sub/*/*.jpg", []),
        ("tree/**/*.jpg", ["a.jpg"]),
        ("tree/**", ["a.jpg", "notes.txt", "sub/b.PNG", "sub/deep/c.webp"]),
        ("t*/**/deep/*", ["sub/deep/c.webp"]),
        ("**/.*.jpg", ["sub/.e.jpg"]),
        ("tree/.hid*/*", [".hidden/d.jpg"]),
    ],
)
def test_patterns(tree: Path, pattern: str, names: list[str]) -> None:
    expected = [f"tree/{name}" for name in names]
    assert found(pattern) == (expected, LeftOut())
    assert found(str(tree.parent / pattern))[0] == [
        (tree.parent / name).as_posix() for name in expected
    ]


@pytest.mark.parametrize("pattern", ["tree/*.gif", "none/*", "tree/**/*.gif", "tree/sub/d*p"])
def test_a_pattern_without_a_file(tree: Path, pattern: str) -> None:
    (error,) = errors(pattern)
    assert "matches the pattern" in error


@pytest.mark.skipif(sys.platform == "win32", reason="links need a right there")
@pytest.mark.parametrize("paths", [["tree"], ["tree/**/*.jpg"]])
def test_linked_folders_are_told_and_not_followed(tree: Path, paths: Sequence[str]) -> None:
    (tree / "link").symlink_to("../other")
    (tree / "sub" / "loop").symlink_to("..")
    names, left_out = found(*paths, recursive=True)
    assert not any("link" in name or "loop" in name for name in names)
    assert left_out.linked == ["tree/link", "tree/sub/loop"]
    assert "'tree/link', 'tree/sub/loop'" in "".join(left_out.sentences())
    assert found("tree/link") == (["tree/link/linked.jpg"], LeftOut())


@pytest.mark.skipif(sys.platform == "win32", reason="there are none")
@pytest.mark.parametrize("path", ["tree", "tree/*.jpg", "tree/**/*.jpg"])
def test_what_could_be_read_for_ever_is_told_and_left_out(tree: Path, path: str) -> None:
    os.mkfifo(tree / "fifo.jpg")
    (tree / "endless.jpg").symlink_to("/dev/zero")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("tree/socket.jpg")
        names, left_out = found(path)
    assert names == ["tree/a.jpg"]
    assert left_out.special == ["tree/endless.jpg", "tree/fifo.jpg", "tree/socket.jpg"]
    assert "pipes, sockets or devices" in "".join(left_out.sentences())


@pytest.mark.skipif(sys.platform == "win32", reason="links need a right there")
def test_broken_links_are_told(tree: Path) -> None:
    (tree / "broken.jpg").symlink_to("nowhere")
    assert found("tree")[0] == ["tree/a.jpg", "tree/broken.jpg"]  # to read it says what is wrong


def test_a_name_that_no_file_can_have(tree: Path) -> None:
    assert found("x" * 5000, "tree/a.jpg/b.jpg")[0] == ["x" * 5000, "tree/a.jpg/b.jpg"]


@pytest.mark.parametrize(
    ("address", "advice"),
    [
        ("http://other.example/a.jpg", "download"),
        ("HTTPS://other.example/?a=[1]*", "download"),
        ("s3://bucket/key", "download"),
        ("file:///home/me/a%20b.jpg", "give the path of the file: /home/me/a b.jpg"),
        ("file:a.jpg", "give the path of the file: a.jpg"),
        ("data:image/png;base64,iVBORw0KGgo=", "save the picture"),
        ("rtsp://camera/live", "mien watch"),
        ("SRT://camera:9000", "mien watch"),
    ],
)
def test_addresses(address: str, advice: str) -> None:
    (error,) = errors(address)
    assert advice in error
    name, source = find_picture(address)
    assert str(source) == error
    assert len(name) < 40


def test_an_address_is_told_without_its_secrets() -> None:
    for address in ("https://me:secret@x.example/a.jpg?key=secret", "rtsp://me:secret@camera/live"):
        name, source = find_picture(address)
        assert "secret" not in f"{name} {source}"


def test_a_file_may_be_called_like_an_address_or_a_pattern(tree: Path) -> None:
    for name in ("data:x.jpg", "[a].jpg", "*.jpg", "-.jpg"):
        Path(name).touch()
        assert found(name) == ([name], LeftOut())
