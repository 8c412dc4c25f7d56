"""Every error that mien raises on purpose.

::

    MienError
    ├── PictureError            a picture cannot be used
    │   ├── PictureNotFoundError    there is no such file
    │   ├── PictureFormatError      not a picture, or a damaged one
    │   └── PictureTooLargeError    more pixels than allowed
    ├── VideoError              a camera, video or stream cannot be used
    ├── ModelError              a model file cannot be used
    ├── DeviceError             the wanted processor cannot be used
    ├── OptionError             an argument is out of its range
    ├── DataError               a data set, label file or cache cannot be used
    ├── RecipeError             a training recipe cannot be used
    ├── ServiceError            the web service cannot be started
    └── MissingExtraError       an optional dependency is not installed

Each message is one sentence that a user can act on.
"""

from __future__ import annotations


class MienError(Exception):
    """Base of all errors that mien raises on purpose."""


class PictureError(MienError):
    """A picture cannot be used."""


class PictureNotFoundError(PictureError, FileNotFoundError):
    """There is no such file."""


class PictureFormatError(PictureError):
    """The bytes are not a picture that can be read, or they are damaged."""


class PictureTooLargeError(PictureError):
    """The picture has more pixels than allowed."""


class VideoError(MienError):
    """A camera, video or stream cannot be used."""


class ModelError(MienError):
    """A model file cannot be used."""


class DeviceError(MienError):
    """The wanted processor cannot be used."""


class OptionError(MienError, ValueError):
    """An argument is out of its range."""


class DataError(MienError):
    """A data set, label file or cache cannot be used."""


class RecipeError(MienError):
    """A training recipe cannot be used."""


class ServiceError(MienError):
    """The web service cannot be started."""


class MissingExtraError(MienError, ImportError):
    """An optional dependency is not installed.

    Args:
        feature: What needs it, as the subject of a sentence ("Training").
        extra: The extra of the package that brings it ("train").
        otherwise: How to do without, as the end of the sentence.
    """

    def __init__(self, feature: str, extra: str, otherwise: str = "") -> None:
        super().__init__(
            f"{feature} needs packages that are not installed; "
            f"install them with: pip install 'mien[{extra}]'{otherwise}"
        )
