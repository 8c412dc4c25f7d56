"""Devices that read frames: OpenCV, or ffmpeg if OpenCV's pictures would be wrong or missing.

:func:`open_recording` and :func:`open_live` choose, and say why ffmpeg is used or what to install.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import cv2
import numpy as np

from mien.errors import VideoError
from mien.video.io.ffmpeg import FfmpegDevice, find_ffmpeg
from mien.video.io.fields import may_be_interlaced
from mien.video.io.next_frames import NextFrames

TIMEOUT = 5.0
"""Seconds of opening a stream, and of waiting for its next frame."""

FIRST_PICTURE = 15.0
"""Seconds of waiting for ffmpeg's first picture of a stream: of a broadcast, parts come first."""

UNREADABLE = "is not a video that can be read, or has no picture in it"
_DOWNLOAD = "; if players show it, download it and give the file"
"""An MP4 whose index is at its end can be read only from servers that send parts."""

INSTALL_FFMPEG = "install ffmpeg (https://ffmpeg.org)"
_COMPARED = 5  # frames
_LOSES_FIELDS = tuple(int(part) for part in cv2.__version__.split(".")[:2]) >= (4, 13)
"""Whether this OpenCV leaves its memory as it was instead of writing an interlaced picture."""

_TEXT = "ansi"  # FFmpeg takes a text file for a video of its letters
_AV1 = "av01"


class VideoDevice(Protocol):
    """The part of ``cv2.VideoCapture`` that is used."""

    def isOpened(self) -> bool:  # noqa: N802
        """Returns whether frames can be read."""

    def read(self) -> tuple[bool, Any]:
        """Returns whether there was a frame, and the frame in BGR."""

    def get(self, key: int, /) -> float:
        """Returns a property."""

    def release(self) -> None:
        """Closes the device."""


class Opened(NamedTuple):
    """An opened video.

    Attributes:
        device: The device that reads the frames.
        remark: Reason why it is ffmpeg, as a sentence; empty if it is OpenCV.
    """

    device: VideoDevice
    remark: str = ""


def open_camera(camera: int | str, size: tuple[int, int] | None = None) -> VideoDevice:
    """Opens a camera.

    Args:
        camera: Its number or device.
        size: Width and height in pixels to ask for; it may give another size.
    """
    device = _capture(camera if isinstance(camera, int) else opencv_name(camera))
    if size is not None:
        # Most cameras send large pictures at full rate only if they are compressed.
        device.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
        device.set(cv2.CAP_PROP_FRAME_WIDTH, size[0])
        device.set(cv2.CAP_PROP_FRAME_HEIGHT, size[1])
    return device


def open_with_opencv(source: str | Path, timeout: float | None = None) -> NextFrames:
    """Opens a file or an address with OpenCV, so that pictures come as they are stored.

    Args:
        source: Path of a file, or address as a text.
        timeout: Seconds of waiting for the first frame and for each other; None is as usual.
    """
    if isinstance(source, str):
        # Streams over RTSP come by TCP: lost packets of UDP would be torn pictures.
        os.environ.setdefault("OPENCV_FFMPEG_CAPTURE_OPTIONS", "rtsp_transport;tcp")
        timeout = timeout or TIMEOUT
    limits: list[int] = []
    if timeout is not None:
        for limit in (cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, cv2.CAP_PROP_READ_TIMEOUT_MSEC):
            limits += [limit, round(1000 * timeout)]
    device = _capture(opencv_name(source), cv2.CAP_FFMPEG, limits)
    device.set(cv2.CAP_PROP_ORIENTATION_AUTO, 0)
    return NextFrames(device)


def opencv_name(source: str | Path) -> Any:
    """Returns a name as OpenCV takes it, which crashes at a text that is not UTF-8.

    A path is made absolute: in a relative path FFmpeg would take the part before a colon for a
    protocol.
    """
    name = os.fsencode(source.absolute() if isinstance(source, Path) else source)
    try:
        return name.decode()
    except UnicodeDecodeError:
        return name


def _capture(name: Any, *settings: Any) -> cv2.VideoCapture:
    try:
        return cv2.VideoCapture(name, *settings)
    except cv2.error:  # versions before 4.12 take no bytes
        return cv2.VideoCapture()


def open_recording(name: str, source: str | Path) -> Opened:
    """Opens a video with a beginning and an end, after a look at its first frames.

    Args:
        name: Its name in messages.
        source: Path of a file, or address as a text.

    Raises:
        VideoError: It cannot be read.
    """
    device = open_with_opencv(source)
    trouble = trouble_with(device, name)
    if trouble is None and device.look(0) is None:
        trouble = no_picture(device, name)
    if trouble is None:
        return Opened(device)
    device.release()
    other = _open_with_ffmpeg(trouble, source)
    if not other.isOpened():
        other.release()
        if other.silent:
            raise VideoError(f"{name} cannot be read: {other.silent}")
        raise VideoError(f"{name} {UNREADABLE}{_DOWNLOAD if isinstance(source, str) else ''}")
    return Opened(other, trouble.remark)


def open_live(name: str, device: NextFrames, address: str) -> Opened:
    """Chooses the device that reads a stream without an end.

    Args:
        name: Its name in messages.
        device: OpenCV's open device; it is released if ffmpeg is chosen.
        address: Address of the stream.

    Raises:
        VideoError: It cannot be decoded on this machine.
    """
    trouble = trouble_with(device, name, live=True)
    if trouble is None:
        return Opened(device)
    device.release()
    return Opened(_open_with_ffmpeg(trouble, address), trouble.remark)


class Trouble(NamedTuple):
    """The reason why OpenCV's pictures would be wrong or missing.

    Attributes:
        refusal: The sentence if ffmpeg is not installed.
        remark: The sentence if ffmpeg reads them.
    """

    refusal: str
    remark: str


def trouble_with(device: NextFrames, name: str, *, live: bool = False) -> Trouble | None:
    """Returns the trouble with OpenCV's pictures of a video; None if they are right.

    Args:
        device: OpenCV's.
        name: The video's name in messages.
        live: Whether it goes on while its first frames are compared. Then ffmpeg is to read it, if
            it is installed and the headers leave a doubt.

    Raises:
        VideoError: The video is a text.
    """
    if not device.isOpened():
        refusal = f"{name} {UNREADABLE}; if players show it, {INSTALL_FFMPEG}"
        return Trouble(refusal, f"OpenCV cannot read {name}; ffmpeg does")
    codec = _codec(device)
    if codec == _TEXT:
        raise VideoError(f"{name} {UNREADABLE}")
    interlaced = may_be_interlaced(codec, _header(device.device))
    if interlaced and (_LOSES_FIELDS or find_ffmpeg() is not None):
        return _undecoded(f"{name} is interlaced, which OpenCV cannot decode")
    if interlaced is not None or not _LOSES_FIELDS:
        return None
    if live and find_ffmpeg() is not None:
        return _undecoded(f"{name} may be interlaced, which OpenCV cannot decode")
    if device.look(0) is not None and not _changes(device):
        return _undecoded(f"{name} seems to be interlaced, which OpenCV cannot decode")
    return None


def no_picture(device: VideoDevice, name: str) -> Trouble:
    """Returns the trouble with a video of which OpenCV does not decode the first picture."""
    if is_av1(device):
        return _undecoded(f"{name} is coded in AV1, which this OpenCV cannot decode")
    what = f"there is no picture in {name} that OpenCV can decode"
    return Trouble(f"{what}; if players show it, {INSTALL_FFMPEG}", f"{what}; ffmpeg can")


def is_av1(device: VideoDevice) -> bool:
    """Returns whether a video is coded in AV1, which only some versions of OpenCV decode."""
    return _codec(device) == _AV1


def _undecoded(what: str) -> Trouble:
    return Trouble(f"{what}; {INSTALL_FFMPEG}", f"{what}; ffmpeg does")


def _open_with_ffmpeg(trouble: Trouble, source: str | Path) -> FfmpegDevice:
    ffmpeg = find_ffmpeg()
    if ffmpeg is None:
        raise VideoError(trouble.refusal)
    if isinstance(source, Path):
        return FfmpegDevice(ffmpeg, source)
    return FfmpegDevice(ffmpeg, source, timeout=TIMEOUT, first_timeout=FIRST_PICTURE)


def _codec(device: VideoDevice) -> str:
    """Returns a codec's four letters, in lower case."""
    number = int(device.get(cv2.CAP_PROP_FOURCC)) & 0xFFFFFFFF
    return number.to_bytes(4, "little").decode("latin-1").lower()


def _header(device: Any) -> bytes:
    """Returns what the container says about the codec."""
    index = int(device.get(cv2.CAP_PROP_CODEC_EXTRADATA_INDEX))
    there, header = device.retrieve(flag=index) if index > 0 else (False, None)
    return header.tobytes() if there and header is not None else b""


def _changes(device: NextFrames) -> bool:
    """Returns whether a frame differs from the first: if none is decoded, all are the same."""
    first = device.look(0)
    others = (device.look(number) for number in range(1, _COMPARED))
    return any(other is not None and not np.array_equal(other, first) for other in others)
