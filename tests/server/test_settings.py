"""Where settings come from, and what is said of those that cannot be."""

from __future__ import annotations

from pathlib import Path

import pytest

from mien.errors import ServiceError
from mien.server.hosting.settings import Settings, load_settings


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


KUBERNETES = {
    "MIEN_SERVICE_HOST": "10.96.0.12",
    "MIEN_SERVICE_PORT": "8000",
    "MIEN_SERVICE_PORT_HTTP": "8000",
    "MIEN_PORT": "tcp://10.96.0.12:8000",
    "MIEN_PORT_8000_TCP": "tcp://10.96.0.12:8000",
    "MIEN_PORT_8000_TCP_ADDR": "10.96.0.12",
    "MIEN_PORT_8000_TCP_PORT": "8000",
    "MIEN_PORT_8000_TCP_PROTO": "tcp",
}
"""What containers are given where a service is called mien."""


def test_what_kubernetes_sets_is_ignored_with_a_warning(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    for name, value in KUBERNETES.items():
        monkeypatch.setenv(name, value)
    assert load_settings().model_dump() == Settings(port=8000).model_dump()
    caplog.clear()
    assert load_settings(port=9).port == 9
    (message,) = caplog.messages
    assert message.startswith("MIEN_PORT is ignored: 'tcp://10.96.0.12:8000'")


@pytest.mark.parametrize("empty", ["", " "])
def test_an_empty_variable_is_ignored_with_a_warning(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, empty: str
) -> None:
    names = ["model", "host", "port", "threads", "api_key", "tls_dir", "allowed_hosts", "certainty"]
    for name in names:
        monkeypatch.setenv(f"MIEN_{name.upper()}", empty)
    settings = load_settings()
    assert sorted(caplog.messages) == sorted(
        f"MIEN_{name.upper()} is empty and is ignored" for name in names
    )
    for name in names:
        monkeypatch.delenv(f"MIEN_{name.upper()}")
    assert settings.model_dump() == load_settings().model_dump()


def test_an_empty_line_of_a_file_is_ignored_with_a_warning(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "mien.env").write_text("MIEN_MODEL=\nMIEN_PORT=9\n")
    settings = load_settings(tmp_path / "mien.env")
    assert (settings.model, settings.port) == ("default", 9)
    assert caplog.messages == ["MIEN_MODEL is empty and is ignored"]


@pytest.mark.parametrize(
    ("given", "path"),
    [("/mien", "/mien"), ("mien/", "/mien"), ("//a/b-c.d~/", "/a/b-c.d~"), ("/", ""), ("", "")],
)
def test_the_path_of_a_proxy(given: str, path: str) -> None:
    assert load_settings(root_path=given).root_path == path


@pytest.mark.parametrize(("given", "share"), [("0.9", 0.9), (0.5, 0.5), ("off", "off")])
def test_the_certainty(given: object, share: object) -> None:
    assert load_settings(certainty=given).certainty == share


def test_the_key_is_not_shown() -> None:
    assert "secret" not in repr(load_settings(api_key="secret-secret-secret"))


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        ({"port": "many"}, "the setting 'port' must be a whole number; it is"),
        ({"port": 70_000}, "the setting 'port' must be at most 65535; it is 70000"),
        ({"timeout": 0}, "the setting 'timeout' must be greater than 0; it is 0"),
        ({"api_key": "short"}, "the setting 'api_key' must be of length 12 or more$"),
        ({"prot": 1}, "there is no setting 'prot'"),
        ({"model": ""}, "the setting 'model' must be of length 1 or more"),
        ({"host": ""}, "the setting 'host' must be of length 1 or more"),
        ({"port": "tcp://10.96.0.12:8000"}, "the setting 'port' must be a whole number; it is"),
        (
            {"certainty": "0.4"},
            "the setting 'certainty' must be at least 0.5 or 'off'; it is '0.4'",
        ),
        ({"send_timeout": "inf"}, "the setting 'send_timeout' must be a finite number"),
        ({"stream_fps": "nan"}, "the setting 'stream_fps' must be a finite number"),
        ({"timeout": 1e6}, "the setting 'timeout' must be at most 86400"),
        ({"threads": 2**40}, "the setting 'threads' must be at most 1024"),
        ({"root_path": "/a/../b"}, "the setting 'root_path' cannot be used: .* such as /mien"),
        ({"root_path": "/a b"}, "the setting 'root_path' cannot be used: .* such as /mien"),
        ({"root_path": '/"><b>'}, "the setting 'root_path' cannot be used: .* such as /mien"),
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
        ("mien.env", "MIEN_PORT=many", "the setting 'port' must be a whole number"),
    ],
)
def test_files_that_cannot_be(name: str, text: str, message: str) -> None:
    Path(name).write_text(text)
    with pytest.raises(ServiceError, match=message):
        load_settings(Path(name))


def test_no_file() -> None:
    with pytest.raises(ServiceError, match=r"there is no settings file 'none.toml'"):
        load_settings(Path("none.toml"))
