from __future__ import annotations

import pickle
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image

import mien
from mien import Analyzer, Box, Detection, Face, ModelError, OptionError, PictureError
from mien.assets import ASTRONAUT
from mien.datasets.chips.cache import build_cache
from mien.datasets.records import Record
from mien.errors import DeviceError, PictureNotFoundError
from mien.faces import YuNet
from mien.images import read_picture


@pytest.fixture(scope="module")
def analyzer() -> Analyzer:
    return Analyzer(threads=1)


def crop_around(face: Face, picture: np.ndarray, margin: float) -> np.ndarray:
    """Cuts a face out with a margin relative to its box, as a data set's tight crop is."""
    box = face.box
    side = max(box.width, box.height) * (1 + 2 * margin)
    x, y = (middle - side / 2 for middle in box.center)
    height, width = picture.shape[:2]
    left, top = max(0, round(x)), max(0, round(y))
    right, bottom = min(width, round(x + side)), min(height, round(y + side))
    return np.ascontiguousarray(picture[top:bottom, left:right])


def test_the_astronaut(analyzer: Analyzer, astronaut: np.ndarray) -> None:
    (face,) = analyzer.analyze(astronaut)
    assert 20 < face.age.years < 50
    assert face.age.low < face.age.years < face.age.high
    assert face.gender.female > 0.5
    assert face.gender.female + face.gender.male == pytest.approx(1)
    assert sum(face.age.group_probabilities.values()) == pytest.approx(1, abs=1e-4)
    ladder = [face.age.at_least(age) for age in (0, 13, 18, 21, 25, 65, 101)]
    assert ladder == sorted(ladder, reverse=True)
    assert ladder[0] == pytest.approx(1, abs=1e-5)
    assert ladder[-1] == 0
    assert face.aligned
    assert face.quality.frontality is not None
    assert face.quality.frontality > 0.6
    assert list(face.estimates) == ["age", "gender"]


def told(faces: Sequence[Face]) -> list[dict[str, object]]:
    return [face.to_dict(distribution=True) for face in faces]


def test_a_path_bytes_and_an_array_get_the_same_answer(
    analyzer: Analyzer, astronaut: np.ndarray, tmp_path: Path
) -> None:
    path = tmp_path / "a.png"
    Image.fromarray(astronaut).save(path)
    expected = told(analyzer.analyze(astronaut))
    for source in (path, str(path), path.read_bytes()):
        assert told(analyzer.analyze(source)) == expected
    assert told(analyzer.analyze(astronaut[:, :, ::-1], colour="bgr")) == expected


def test_eight_threads_share_an_analyzer(analyzer: Analyzer, astronaut: np.ndarray) -> None:
    pictures = [np.ascontiguousarray(np.roll(astronaut, 9 * i, axis=1)) for i in range(8)]
    expected = [told(analyzer.analyze(picture)) for picture in pictures]
    with ThreadPoolExecutor(8) as pool:
        for _ in range(3):
            assert list(map(told, pool.map(analyzer.analyze, pictures))) == expected


def test_detect_and_describe_are_the_halves_of_analyze(
    analyzer: Analyzer, astronaut: np.ndarray
) -> None:
    detections = analyzer.detect(astronaut)
    assert told(analyzer.describe(astronaut, detections)) == told(analyzer.analyze(astronaut))
    given = analyzer.analyze(astronaut, detections=detections)
    assert told(given) == told(analyzer.analyze(astronaut))
    assert analyzer.analyze(astronaut, detections=[]) == []


def test_the_halves_read_pictures_as_the_whole_does(
    analyzer: Analyzer, astronaut: np.ndarray, tmp_path: Path
) -> None:
    expected = told(analyzer.analyze(astronaut))
    Image.fromarray(astronaut).save(tmp_path / "a.png")
    detections = analyzer.detect(tmp_path / "a.png")
    assert told(analyzer.describe(tmp_path / "a.png", detections)) == expected
    bgr = astronaut[:, :, ::-1]
    detections = analyzer.detect(bgr, colour="bgr")
    assert told(analyzer.describe(bgr, detections, colour="bgr")) == expected
    with pytest.raises(PictureNotFoundError, match=r"'.*none\.png': there is no such file"):
        analyzer.detect(tmp_path / "none.png")
    with pytest.raises(
        OptionError, match="max_faces must be a whole number of at least 1; it is 0"
    ):
        analyzer.detect(astronaut, max_faces=0)


def test_a_box_of_another_detector_gets_its_landmarks_inside(
    analyzer: Analyzer, astronaut: np.ndarray
) -> None:
    (face,) = analyzer.analyze(astronaut)
    box = face.box
    rough = Box(box.x - 8, box.y - 5, box.width + 12, box.height + 14)
    (bare,) = analyzer.analyze(astronaut, detections=[Detection(rough)])
    assert bare.aligned
    assert bare.box == rough
    np.testing.assert_allclose(bare.landmarks, face.landmarks, atol=0.02 * box.width)
    assert abs(bare.age.years - face.age.years) < 1.5


def test_a_box_without_a_face_is_taken_whole(analyzer: Analyzer, astronaut: np.ndarray) -> None:
    (face,) = analyzer.analyze(astronaut, detections=[Detection(Box(10, 400, 80, 60))])
    assert not face.aligned
    assert face.landmarks is None


def test_any_detector_can_be_used(astronaut: np.ndarray) -> None:
    class Centre:
        """Detects one face in the middle, whatever there is."""

        def detect(self, picture, min_score=0.8, longest_side=None):
            height, width = picture.shape[:2]
            return [Detection(Box(width / 3, height / 3, width / 3, height / 3), None, 0.9)]

        def detect_near(self, picture, detections):
            return [None for _ in detections]

    (face,) = Analyzer(detector=Centre(), threads=1).analyze(astronaut)
    assert face.box.xyxy == pytest.approx((512 / 3, 512 / 3, 1024 / 3, 1024 / 3))
    assert not face.aligned


def test_an_analyzer_can_be_pickled(analyzer: Analyzer, astronaut: np.ndarray) -> None:
    again = pickle.loads(pickle.dumps(Analyzer(threads=1, min_score=0.5, certainty=0.9)))
    assert (again.min_score, again.certainty) == (0.5, 0.9)
    assert told(pickle.loads(pickle.dumps(analyzer)).analyze(astronaut)) == told(
        analyzer.analyze(astronaut)
    )


def test_another_process_can_use_it(analyzer: Analyzer, astronaut: np.ndarray) -> None:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        assert told(pool.submit(analyzer.analyze, astronaut).result()) == told(
            analyzer.analyze(astronaut)
        )


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"min_score": 5}, "min_score must be between 0 and 1; it is 5"),
        ({"min_score": float("nan")}, "min_score must be between 0 and 1; it is nan"),
        ({"min_score": "0.5"}, "min_score must be between 0 and 1; it is '0.5'"),
        ({"max_faces": -1}, "max_faces must be a whole number of at least 1; it is -1"),
        ({"max_faces": 2.5}, "max_faces must be a whole number of at least 1; it is 2.5"),
        ({"threads": 0}, "threads must be a whole number of at least 1; it is 0"),
        ({"certainty": 0.2}, "certainty must be between 0.5 and 1; it is 0.2"),
        ({"max_pixels": 0}, "max_pixels must be a whole number of at least 1; it is 0"),
        ({"model": 5}, "model must be a name or a path; it is 5"),
        ({"detector": "yunet"}, "detector must be a mien.Detector; it is 'yunet'"),
    ],
)
def test_an_argument_out_of_its_range_is_refused(options: dict, message: str) -> None:
    with pytest.raises(OptionError, match=message):
        Analyzer(**options)


@pytest.mark.parametrize(
    ("detection", "message"),
    [
        (Detection(Box(0, 0, 0, 0), None, 1.0), "detection 1 has the box .* must be more than 0"),
        (Detection(Box(float("nan"), 0, 9, 9), None, 1.0), "all positions finite"),
        (Detection(Box(0, 0, 9, 9), np.full((5, 2), np.inf), 1.0), "all positions finite"),
        ((0, 0, 9, 9), "detection 1 is a tuple; give a mien.Detection"),
    ],
)
def test_an_impossible_detection_is_refused(
    analyzer: Analyzer, astronaut: np.ndarray, detection: Any, message: str
) -> None:
    with pytest.raises(OptionError, match=message):
        analyzer.analyze(astronaut, detections=[detection])


def test_an_attribute_that_the_model_lacks_is_refused() -> None:
    with pytest.raises(
        ModelError, match=r"'default' does not predict 'hat'; it predicts age, gender, ethnicity"
    ):
        Analyzer(attributes=["hat"])


def test_what_is_less_certain_is_decided_only_if_that_is_wished() -> None:
    labels = {
        certainty: Analyzer(threads=1, certainty=certainty).analyze(ASTRONAUT)[0].gender.label
        for certainty in (None, 0.995)
    }
    assert labels == {None: "female", 0.995: "undetermined"}


def test_the_device_is_said_and_a_missing_one_refused() -> None:
    assert Analyzer(device="cpu").device == "cpu"
    with pytest.raises(DeviceError, match="there is no device 'tpu'; choose one of auto, cpu"):
        Analyzer(device="tpu")
    with pytest.raises(DeviceError, match="pip install onnxruntime-openvino"):
        Analyzer(device="openvino")


def within_a_year(answers: Sequence[Face]) -> bool:
    years = [face.age.years for face in answers]
    return max(years) - min(years) <= 1 and len({face.gender.female > 0.5 for face in answers}) == 1


def test_one_to_ten_times_the_size_gets_the_same_answer(
    analyzer: Analyzer, astronaut: np.ndarray
) -> None:
    """A large face is averaged before it is sampled; enlarged it holds the same information."""
    answers = []
    for scale in (1.5, 2, 3, 5, 7, 10):
        large = cv2.resize(astronaut, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
        part = np.asarray(large)[: round(250 * scale), round(90 * scale) : round(370 * scale)]
        (face,) = analyzer.analyze(np.ascontiguousarray(part))
        answers.append(face)
    assert within_a_year(answers)


@pytest.mark.parametrize("margin", [0.12, 0.25, 0.5])
def test_a_photograph_and_its_tight_crop_get_the_same_answer(
    analyzer: Analyzer, astronaut: np.ndarray, margin: float
) -> None:
    """Within two years and a half: mien doubts this face's age, which may be 19 or 39."""
    (whole,) = analyzer.analyze(astronaut)
    (tight,) = analyzer.analyze(crop_around(whole, astronaut, margin), cropped=True)
    assert tight.aligned
    moved = whole.landmarks - tight.landmarks
    assert moved.std(axis=0).max() < 0.01 * whole.box.width  # as one, to a hundredth of the face
    assert abs(tight.age.years - whole.age.years) < 2.5
    assert (tight.gender.female > 0.5) == (whole.gender.female > 0.5)


@pytest.mark.data
@pytest.mark.parametrize("margin", [0.12, 0.25, 0.5])
def test_photographs_and_their_tight_crops_get_the_same_answers(
    analyzer: Analyzer, shared_data: Path, margin: float
) -> None:
    changes, contradictions = [], 0
    for path in sorted((shared_data / "photos").glob("*.jpg")):
        photograph = np.asarray(read_picture(path))
        for whole in analyzer.analyze(photograph):
            if whole.box.width >= 40:
                crop = crop_around(whole, photograph, margin)
                (tight,) = analyzer.analyze(crop, cropped=True)
                changes.append(abs(tight.age.years - whole.age.years))
                labels = {whole.gender.label, tight.gender.label}
                contradictions += labels == {"female", "male"}
    assert len(changes) > 50
    assert np.median(changes) < 0.5
    assert np.mean(np.array(changes) < 1) > 0.8
    assert contradictions == 0


def test_a_chip_is_the_same_array_in_training_and_in_use(
    astronaut: np.ndarray, tmp_path: Path
) -> None:
    Image.fromarray(astronaut).save(tmp_path / "a.png")
    analyzer = Analyzer(threads=1)
    cache = build_cache(
        tmp_path / "cache",
        "test",
        tmp_path,
        [Record("a.png", 38, 38, "female")],
        analyzer.card.size,
        analyzer.card.template,
        1,
    )
    picture = read_picture(tmp_path / "a.png")
    (aligned,) = analyzer.align(picture, YuNet(threads=1).detect(picture))
    np.testing.assert_array_equal(cache.chips[0], aligned.chip)


def test_a_crop_without_a_face_is_taken_whole_and_says_so(analyzer: Analyzer) -> None:
    picture = np.full((90, 60, 3), 120, np.uint8)
    (face,) = analyzer.analyze(picture, cropped=True)
    assert not face.aligned
    assert face.landmarks is None
    assert face.box == Box(0, 0, 60, 90)
    assert face.score == 0
    assert analyzer.analyze(picture) == []


def test_the_largest_faces_are_described(astronaut: np.ndarray) -> None:
    small = cv2.resize(astronaut, (256, 256), interpolation=cv2.INTER_AREA)
    both = np.zeros((512, 768, 3), np.uint8)
    both[:, :512], both[:256, 512:] = astronaut, small
    assert len(Analyzer(threads=1).analyze(both)) == 2
    (face,) = Analyzer(threads=1, max_faces=1).analyze(both)
    assert face.box.x < 512


def test_an_unusable_picture_raises(analyzer: Analyzer, tmp_path: Path) -> None:
    with pytest.raises(PictureError):
        analyzer.analyze(tmp_path / "none.jpg")
    with pytest.raises(PictureError):
        analyzer.analyze(b"not a picture")


def test_an_unusable_model_raises(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="neither a file nor"):
        Analyzer(tmp_path / "none.onnx")
    text = tmp_path / "text.onnx"
    text.write_text("not a model")
    with pytest.raises(ModelError, match="not an ONNX model"):
        Analyzer(text)
    with pytest.raises(ModelError, match="no card"):
        Analyzer(Path(mien.__file__).parent / "assets" / "yunet.onnx")
