"""What can be set, by flags, the environment (``MIEN_...``) or a file, in this order."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from mien.errors import ServiceError


class Settings(BaseSettings):
    """Settings of the service.

    Each can be given as a flag of ``mien serve``, as a variable of the environment (``MIEN_PORT``)
    or in a file (TOML or ``.env``).
    """

    model_config = SettingsConfigDict(env_prefix="MIEN_", extra="forbid", frozen=True)

    host: Annotated[str, Field(description="Address to listen at.")] = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535, description="0: any that is free.")] = 8000
    model: Annotated[str, Field(description="A bundled model's name or an ONNX file.")] = "default"
    threads: Annotated[int | None, Field(ge=1, description="Threads for the networks.")] = None
    workers: Annotated[int, Field(ge=1, description="Pictures worked on at a time.")] = (
        os.cpu_count() or 1
    )

    max_body_bytes: Annotated[int, Field(ge=1024, description="Of a request.")] = 64 * 2**20
    max_pixels: Annotated[int, Field(ge=1, description="Of a picture.")] = 50_000_000
    max_side: Annotated[int, Field(ge=1, description="Of a picture, in pixels.")] = 32_768
    max_pictures: Annotated[int, Field(ge=1, description="Of a request.")] = 64
    max_faces: Annotated[int, Field(ge=1, description="Judged in a picture.")] = 500
    max_requests: Annotated[
        int, Field(ge=1, description="Requests that are worked on or wait; more are refused.")
    ] = 32
    timeout: Annotated[float, Field(gt=0, description="Seconds that a request may take.")] = 60.0
    upload_timeout: Annotated[
        float, Field(gt=0, description="Seconds within which a request's body must come.")
    ] = 60.0

    batch_faces: Annotated[
        int, Field(ge=1, description="Faces judged at once; 1: no batches of several requests.")
    ] = 32
    batch_wait: Annotated[
        float, Field(ge=0, le=1, description="Seconds that a face may wait for others.")
    ] = 0.003

    max_streams: Annotated[int, Field(ge=0, description="WebSockets at a time.")] = 8
    max_frame_bytes: Annotated[int, Field(ge=1024, description="Of a frame.")] = 4 * 2**20
    max_frame_pixels: Annotated[int, Field(ge=1, description="Of a frame.")] = 9_000_000
    stream_fps: Annotated[float, Field(gt=0, description="Rate that a stream tries to hold.")] = 30
    stream_idle: Annotated[
        float, Field(gt=0, description="Seconds without a frame after which a stream is ended.")
    ] = 120.0
    send_timeout: Annotated[
        float, Field(gt=0, description="Seconds within which a client must take an answer.")
    ] = 10.0

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Puts flags before the environment before files."""
        toml = TomlConfigSettingsSource(settings_cls)
        return init_settings, env_settings, dotenv_settings, toml


def load_settings(file: Path | None = None, **flags: Any) -> Settings:
    """Brings flags, environment and file together.

    Args:
        file: TOML, or lines ``MIEN_PORT=8001`` if its name does not end in ``.toml``.
        **flags: Settings by name; those that are None were not given.

    Raises:
        ServiceError: The file cannot be read, or a setting has a value that it cannot have.
    """
    if file is not None and not file.is_file():
        raise ServiceError(f"there is no settings file '{file}'")
    toml = file is not None and file.suffix == ".toml"

    class Configured(Settings):
        model_config = SettingsConfigDict(
            toml_file=file if toml else None, env_file=None if toml else file
        )

    try:
        return Configured(**{name: value for name, value in flags.items() if value is not None})
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        name = ".".join(map(str, first["loc"])) or "settings"
        raise ServiceError(f"the setting '{name}' cannot be used: {first['msg']}") from None
    except ValueError as error:
        raise ServiceError(f"the settings file '{file}' cannot be read: {error}") from None
