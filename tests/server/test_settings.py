"""Where settings come from, and what is said of those that cannot be."""

from __future__ import annotations

from pathlib import Path

import pytest

from mien.errors import ServiceError
from mien.server.hosting.settings import load_settings


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_safe_by_default() -> None:
    settings = load_settings()
    assert settings.host == "127.0.0.1"
    assert not settings.needs_key
    assert settings.allowed_hosts == settings.allowed_origins == settings.trusted_proxies == ()


@pytest.mark.parametrize(
    ("host", "needed"),
    [
        *(("127.0.0.1", False), ("localhost", False), ("::1", False), ("127.1.2.3", False)),
        *(("0.0.0.0", True), ("::", True), ("192.0.2.1", True), ("faces.example", True)),
    ],
)
def test_a_key_is_needed_beyond_loopback(host: str, needed: bool) -> None:
    assert load_settings(host=host).needs_key is needed
    assert load_settings(host=host, require_key=False).needs_key is False
    assert load_settings(host=host, require_key=True).needs_key is True
    assert load_settings(host=host, api_key="a key that is long enough").needs_key


def test_flags_come_before_the_environment_before_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    toml, dotenv = tmp_path / "mien.toml", tmp_path / "mien.env"
    toml.write_text(
        'port = 1\ntimeout = 2.5\nallowed_hosts = ["a", "b"]\napi_key = "toml-toml-toml"'
    )
    dotenv.write_text("MIEN_PORT=1\nMIEN_TIMEOUT=2.5\nMIEN_ALLOWED_HOSTS=a, b\n")
    for file in (toml, dotenv):
        settings = load_settings(file)
        assert (settings.port, settings.timeout) == (1, 2.5)
        assert settings.allowed_hosts == ("a", "b")
        monkeypatch.setenv("MIEN_PORT", "2")
        assert load_settings(file).port == 2
        assert load_settings(file, port=3).port == 3
        monkeypatch.delenv("MIEN_PORT")


def test_the_key_is_not_shown() -> None:
    assert "secret" not in repr(load_settings(api_key="secret-secret-secret"))


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        ({"port": "many"}, "the setting 'port' cannot be used: .* integer"),
        ({"port": 70_000}, "the setting 'port' cannot be used: .* 65535"),
        ({"timeout": 0}, "the setting 'timeout' cannot be used"),
        ({"api_key": "short"}, "the setting 'api_key' cannot be used: .* 12"),
        ({"prot": 1}, "there is no setting 'prot'"),
        ({"tls_cert": "a.pem"}, "a certificate and its private key belong together"),
        (
            {"tls_cert": "a.pem", "tls_key": "b.pem", "tls_self_signed": True},
            "either a certificate is given, or one is made",
        ),
    ],
)
def test_settings_that_cannot_be(flags: dict[str, object], message: str) -> None:
    with pytest.raises(ServiceError, match=message) as caught:
        load_settings(**flags)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("mien.toml", "port = ", "the settings file 'mien.toml' cannot be read"),
        ("mien.toml", "prot = 1", "there is no setting 'prot'"),
        ("mien.env", "MIEN_PROT=1", "there is no setting 'prot'"),
        ("mien.env", "MIEN_PORT=many", "the setting 'port' cannot be used"),
    ],
)
def test_files_that_cannot_be(name: str, text: str, message: str) -> None:
    Path(name).write_text(text)
    with pytest.raises(ServiceError, match=message):
        load_settings(Path(name))


def test_no_file() -> None:
    with pytest.raises(ServiceError, match=r"there is no settings file 'none.toml'"):
        load_settings(Path("none.toml"))
