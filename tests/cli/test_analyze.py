from __future__ import annotations

import json
import re
import shutil
import subprocess
from inspect import signature
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pydantic import TypeAdapter
from running import MIEN, Mien

from mien import Analyzer, schema
from mien.attributes.heads import ETHNICITY_NOTICE
from mien.cli import options
from mien.runtime import DEVICES


def test_a_table_of_one_picture(mien: Mien, folder: Path) -> None:
    result = mien("analyze", folder / "a.jpg")
    assert result.code == 0
    assert result.err == ""
    assert "a.jpg" in result.out
    heading, row = result.out.splitlines()
    assert re.split(r"  +", heading.strip()) == [
        *("picture", "face", "age (80 % interval)", "gender", "view")
    ]
    assert re.fullmatch(r"a\.jpg +1  \d\d years \(\d\d-\d\d\) +\w.* \d+ px *", row)


def test_a_folder_with_bad_pictures(mien: Mien, folder: Path, tmp_path: Path) -> None:
    lines = tmp_path / "out.jsonl"
    result = mien("analyze", folder, "--recursive", "--jsonl", lines, "--annotate", tmp_path / "x")
    assert result.code == 1
    pictures = [json.loads(line) for line in lines.read_text().splitlines()]
    assert [Path(picture["path"]).name for picture in pictures] == [
        *("a.jpg", "b-text.jpg", "c-truncated.jpg", "d-empty.jpg", "e-nobody.png", "f.webp")
    ]
    errors = [picture["error"] for picture in pictures]
    assert errors[0] is errors[4] is errors[5] is None
    assert "not a picture" in errors[1]
    assert "damaged" in errors[2]
    assert "empty" in errors[3]
    for name in ("b-text.jpg", "c-truncated.jpg", "d-empty.jpg"):
        assert name in result.err
    assert [len(picture["faces"]) for picture in pictures] == [1, 0, 0, 0, 0, 1]
    written = {path.name for path in (tmp_path / "x").iterdir()}
    assert written == {"a-mien.jpg", "e-nobody-mien.jpg", "f-mien.jpg"}


def test_names_are_shown_as_they_are(mien: Mien, tmp_path: Path) -> None:
    odd = tmp_path / "[red]:AB:.jpg"
    odd.write_text("not a picture")
    result = mien("analyze", odd)
    assert odd.name in result.err
    assert odd.name in result.out


def test_the_json_is_as_documented(mien: Mien, folder: Path) -> None:
    result = mien("analyze", folder / "a.jpg", folder / "b-text.jpg", "--json")
    assert result.code == 1
    document = json.loads(result.out)
    assert list(document) == ["schema", "model", "pictures"]
    assert (document["schema"], document["model"]) == (2, "default")
    good, bad = document["pictures"]
    assert set(good) == {"schema", "model", "path", "width", "height", "faces", "error"}
    assert (good["schema"], good["width"], good["height"], good["error"]) == (2, 512, 512, None)
    (face,) = good["faces"]
    assert set(face) == {"box", "score", "landmarks", "aligned", "quality", "attributes"}
    assert set(face["box"]) == {"x", "y", "width", "height"}
    assert np.array(face["landmarks"]).shape == (5, 2)
    assert face["quality"].keys() == {
        *("size", "sharpness", "frontality", "rotation", "novelty", "hints")
    }
    assert set(face["attributes"]) == {"age", "gender"}
    assert set(face["attributes"]["age"]) == {
        *("kind", "years", "low", "high", "group", "group_probabilities", "at_least"),
    }
    ages = [int(age) for age in face["attributes"]["age"]["at_least"]]
    assert ages == [12, 13, 15, 16, 18, 21, 25, 65]
    assert set(face["attributes"]["gender"]) == {"kind", "label", "leaning", "probabilities"}
    assert set(face["attributes"]["gender"]["probabilities"]) == {"female", "male"}
    assert bad["faces"] == []
    assert bad["width"] is None
    assert bad["error"]


def test_globs_missing_files_and_folders_without_pictures(mien: Mien, folder: Path) -> None:
    (folder / "empty").mkdir()
    result = mien(
        *("analyze", folder / "*.png", folder / "none.jpg", folder / "no*pe", folder / "empty"),
        "--json",
    )
    assert result.code == 1
    found, missing, nothing, empty = json.loads(result.out)["pictures"]
    assert found["path"].endswith("e-nobody.png")
    assert missing["error"] == "there is no such file"
    assert "nothing matches" in nothing["error"]
    assert "no picture in the folder" in empty["error"]


def test_standard_input(folder: Path) -> None:
    with (folder / "a.jpg").open("rb") as picture:
        command = [MIEN, "analyze", "-", "--json"]
        result = subprocess.run(command, stdin=picture, capture_output=True, check=True)
    (picture,) = json.loads(result.stdout)["pictures"]
    assert picture["path"] == "-"
    assert len(picture["faces"]) == 1


def test_cropped_without_a_face(mien: Mien, folder: Path) -> None:
    result = mien("analyze", "--cropped", folder / "e-nobody.png", "--json")
    (face,) = json.loads(result.out)["pictures"][0]["faces"]
    assert face["aligned"] is False
    assert face["landmarks"] is None
    assert face["box"] == {"x": 0, "y": 0, "width": 80, "height": 60}


def test_the_pixel_limit(mien: Mien, folder: Path) -> None:
    result = mien("analyze", folder / "a.jpg", "--max-megapixels", "0.1")
    assert result.code == 1
    assert "at most 0.1 megapixels" in result.err


@pytest.mark.parametrize(
    "arguments",
    [
        ["analyze"],
        ["analyze", "x.jpg", "--threads", "0"],
        ["analyze", "x.jpg", "--min-score", "2"],
        ["analyze", "x.jpg", "--max-faces", "0"],
        ["analyze", "x.jpg", "--certainty", "0.7"],
        ["analyze", "x.jpg", "--nonsense"],
        ["nonsense"],
    ],
)
def test_wrong_usage(mien: Mien, arguments: list[str]) -> None:
    assert mien(*arguments).code == 2


def test_a_model_that_does_not_exist(mien: Mien, folder: Path) -> None:
    result = mien("analyze", folder / "a.jpg", "--model", "none.onnx")
    assert result.code == 1
    assert result.err.startswith("mien: there is no model 'none.onnx'")


def test_two_pictures_of_one_name_are_both_labelled(
    mien: Mien, folder: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    shutil.copy(folder / "a.jpg", other / "a.jpg")
    mien("analyze", folder / "a.jpg", other / "a.jpg", "--annotate", tmp_path / "x")
    assert {p.name for p in (tmp_path / "x").iterdir()} == {"a-mien.jpg", "a-mien-2.jpg"}


# Attributes, certainty, devices


def test_an_attribute_with_a_notice_is_shown_only_if_asked_for(
    mien: Mien, folder: Path, many_heads: Path
) -> None:
    arguments = ("analyze", folder / "a.jpg", folder / "a.jpg", "--model", many_heads)
    plain = mien(*arguments)
    assert plain.err == ""
    assert "hat" in plain.out.splitlines()[0]
    assert "ethnicity" not in plain.out
    asked = mien(*arguments, "--attributes", "ethnicity")
    assert asked.err == f"ethnicity: {ETHNICITY_NOTICE}\n"
    heading, row, _ = asked.out.splitlines()
    assert "ethnicity" in heading
    hat, ethnicity, _ = re.split(r"  +", row)[-3:]
    assert re.fullmatch(r"=helmet \d\d %", hat)
    assert ethnicity == "leans Asian 83 %"


def test_the_json_of_an_attribute_with_a_notice(mien: Mien, folder: Path, many_heads: Path) -> None:
    arguments = ("analyze", folder / "a.jpg", "--model", many_heads, "--json")
    plain = json.loads(mien(*arguments).out)
    assert "notices" not in plain
    assert list(plain["pictures"][0]["faces"][0]["attributes"]) == ["age", "gender", "hat"]
    asked = json.loads(mien(*arguments, "--attributes", "ethnicity").out)
    assert asked["notices"] == {"ethnicity": ETHNICITY_NOTICE}
    ethnicity = asked["pictures"][0]["faces"][0]["attributes"]["ethnicity"]
    assert ethnicity["probabilities"]["Asian"] == pytest.approx(0.834, abs=0.001)
    arguments = (*arguments[:-1], "--jsonl", "-")
    assert "notices" not in json.loads(mien(*arguments).out)
    line = json.loads(mien(*arguments, "--attributes", "ethnicity").out)
    TypeAdapter(schema.PictureLineJson).validate_python(line, strict=True)
    assert line["notices"] == {"ethnicity": ETHNICITY_NOTICE}


def test_an_attribute_that_the_model_lacks(mien: Mien, folder: Path) -> None:
    result = mien("analyze", folder / "a.jpg", "--attributes", "hat")
    assert result.code == 1
    assert result.err == (
        "mien: the model 'default' does not predict 'hat'; it predicts age, gender, ethnicity\n"
    )


def test_a_model_without_age_and_gender(
    mien: Mien, folder: Path, hat_alone: Path, tmp_path: Path
) -> None:
    result = mien("analyze", folder / "a.jpg", "--model", hat_alone, "--annotate", tmp_path / "x")
    assert result.code == 0
    assert result.out.splitlines()[0].split() == ["picture", "face", "hat", "view"]
    assert (tmp_path / "x" / "a-mien.jpg").exists()


def test_certainty_decides_what_is_undetermined(mien: Mien, folder: Path, many_heads: Path) -> None:
    def labels(certainty: str) -> tuple[str, str]:
        result = mien(
            *("analyze", folder / "a.jpg", "--model", many_heads, "--json"),
            *("--attributes", "ethnicity", "--certainty", certainty),
        )
        (face,) = json.loads(result.out)["pictures"][0]["faces"]
        return tuple(face["attributes"][name]["label"] for name in ("hat", "ethnicity"))

    assert labels("0.98") == ("=helmet", "undetermined")
    assert labels("off") == ("=helmet", "Asian")


def test_devices(mien: Mien, folder: Path) -> None:
    assert mien("analyze", folder / "a.jpg", "--device", "cpu").code == 0
    result = mien("analyze", folder / "a.jpg", "--device", "directml")
    assert result.code == 1
    assert result.err.startswith("mien: the device 'directml' cannot be used")
    assert "onnxruntime-directml" in result.err
    shown = mien("analyze", "--help").out
    assert all(device in shown for device in DEVICES)


def test_the_defaults_are_those_of_the_library() -> None:
    defaults = {name: p.default for name, p in signature(Analyzer).parameters.items()}
    assert defaults["model"] == options.DEFAULT_MODEL
    assert defaults["device"] == options.DEFAULT_DEVICE
    assert defaults["min_score"] == options.DEFAULT_MIN_SCORE
    assert defaults["max_pixels"] == options.DEFAULT_MAX_MEGAPIXELS * 1e6
    assert options.Certainty.HIGH.share == defaults["certainty"]
    assert options.Certainty.OFF.share is None


def test_hints_about_the_view(mien: Mien, astronaut: np.ndarray, tmp_path: Path) -> None:
    small = Image.fromarray(astronaut).resize((150, 150))
    small.save(tmp_path / "small.png")
    assert re.search(r"\d+ px, small", mien("analyze", tmp_path / "small.png").out)


def test_the_version(mien: Mien) -> None:
    result = mien("--version")
    assert result.code == 0
    assert result.out.startswith("mien 0.")
