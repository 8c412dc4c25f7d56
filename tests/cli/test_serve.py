"""``mien serve``, as a process."""

from __future__ import annotations

import os
import re
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
import websockets.sync.client as sockets

_MIEN = Path(sys.executable).with_name("mien")
_ENVIRONMENT = {
    name: value
    for name, value in os.environ.items()
    if not name.startswith("MIEN_") and name not in ("DISPLAY", "WAYLAND_DISPLAY")
} | {"COLUMNS": "200"}


class Process:
    """A service in a process of its own."""

    def __init__(self, *arguments: str | Path, **environment: str) -> None:
        self.process = subprocess.Popen(
            [_MIEN, "serve", "--port", "0", *map(str, arguments)],
            stderr=subprocess.PIPE,
            text=True,
            env=_ENVIRONMENT | environment,
        )
        self.told: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stderr is not None
        self.told.extend(iter(self.process.stderr.readline, ""))

    def wait_for(self, words: str) -> str:
        """Waits until something is said; returns all that was."""
        deadline = time.monotonic() + 120
        while words not in "".join(self.told):
            assert time.monotonic() < deadline, self.told
            assert self.process.poll() is None, self.told
            time.sleep(0.02)
        return "".join(self.told)

    @property
    def address(self) -> str:
        """The first address that was printed."""
        found = re.search(r"https?://\S+", self.wait_for("Ctrl-C ends it."))
        assert found
        return found.group()

    def end(self, number: signal.Signals = signal.SIGINT) -> int:
        """Sends a signal; returns the exit code."""
        self.process.send_signal(number)
        code = self.process.wait(60)
        self._reader.join(5)
        return code


# A busy machine may need longer than a client usually waits.
_client = httpx.Client(timeout=60)


@contextmanager
def _running(*arguments: str | Path, **environment: str) -> Iterator[Process]:
    process = Process("--no-browser", *arguments, **environment)
    try:
        yield process
    finally:
        if process.process.poll() is None:
            process.process.kill()
            process.process.wait()


def _refused(*arguments: str | Path, **environment: str) -> str:
    """Runs a service that cannot start; returns its sentence."""
    result = subprocess.run(
        [_MIEN, "serve", "--no-browser", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=120,
        env=_ENVIRONMENT | environment,
        check=False,
    )
    assert result.returncode == 1
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    return result.stderr


@pytest.fixture(scope="module")
def picture() -> bytes:
    from mien.assets import ASTRONAUT

    return ASTRONAUT.read_bytes()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_says_where_it_is_answers_and_ends(number: signal.Signals, picture: bytes) -> None:
    with _running() as service:
        address = service.address
        assert address.startswith("http://127.0.0.1:")
        answer = _client.post(f"{address}v1/analyze", files={"picture": ("a.jpg", picture)})
        assert len(answer.json()["pictures"][0]["faces"]) == 1
        with sockets.connect(f"ws{address.removeprefix('http')}v1/stream") as stream:
            stream.send(picture)
            assert '"frame":0' in stream.recv(60)
            began = time.monotonic()
            assert service.end(number) == 130
            assert time.monotonic() - began < 15
        told = "".join(service.told)
        assert told == f"mien is at {address}\nModel default, device cpu. Ctrl-C ends it.\n"


def test_a_request_under_way_is_answered_before_the_end(picture: bytes) -> None:
    with _running("--set", "grace=60") as service:
        address = service.address
        answers: list[httpx.Response] = []
        parts = [("picture", ("a.jpg", picture))] * 12

        def ask() -> None:
            answers.append(_client.post(f"{address}v1/analyze", files=parts))

        asking = threading.Thread(target=ask)
        asking.start()
        deadline = time.monotonic() + 60
        while "mien_requests_in_progress 1.0" not in _client.get(f"{address}metrics").text:
            assert time.monotonic() < deadline
        assert service.end() == 130
        asking.join(60)
        assert answers[0].status_code == 200


def test_a_signal_while_it_loads() -> None:
    with _running() as service:
        status = Path(f"/proc/{service.process.pid}/status")
        deadline = time.monotonic() + 60
        while status.exists() and time.monotonic() < deadline:
            caught = re.search(r"SigCgt:\s*(\w+)", status.read_text())
            assert caught
            if int(caught.group(1), 16) >> signal.SIGTERM - 1 & 1:
                break
        assert service.end(signal.SIGTERM) == 130
        assert "Traceback" not in "".join(service.told)


def test_the_browser_is_opened_where_there_is_a_screen(tmp_path: Path) -> None:
    opened = tmp_path / "opened"
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" > "{opened}"\n')
    browser.chmod(0o755)
    process = Process(DISPLAY=":99", BROWSER=str(browser))
    try:
        address = process.address
        deadline = time.monotonic() + 60
        while not opened.exists() or not opened.read_text():
            assert time.monotonic() < deadline
            time.sleep(0.02)
        assert opened.read_text().strip() == address
    finally:
        process.end()


def test_beyond_this_machine_it_needs_a_key() -> None:
    with _running("--host", "0.0.0.0") as service:
        address, _, query = service.address.partition("?")
        assert query.startswith("key=")
        assert _client.get(f"{address}v1/model").status_code == 401
        assert _client.get(f"{address}v1/model?{query}").status_code == 200
        assert "MIEN_API_KEY" in "".join(service.told)


def test_a_given_key_is_not_printed_nor_logged() -> None:
    key = "a-key-that-is-long-enough"
    with _running("--verbose", MIEN_API_KEY=key) as service:
        address = service.address
        assert _client.get(f"{address}v1/model?key={key}").status_code == 200
        told = service.wait_for("GET /v1/model 200")
        assert key not in told


def test_of_a_picture_only_size_and_time_are_logged(picture: bytes) -> None:
    with _running("--verbose") as service:
        files = {"picture": ("secret name.jpg", picture)}
        _client.post(f"{service.address}v1/analyze", files=files)
        told = service.wait_for("POST /v1/analyze 200")
        assert re.search(r"\d\d:\d\d:\d\d POST /v1/analyze 200, \d+ bytes, \d+ ms\n", told)
        assert "secret" not in told


def test_a_certificate_of_its_own(tmp_path: Path) -> None:
    kept = tmp_path / "tls"
    with _running("--tls-self-signed", "--tls-dir", kept) as service:
        address = service.address
        assert address.startswith("https://127.0.0.1:")
        told = "".join(service.told)
        assert re.search(r"^([0-9A-F]{2}:){31}[0-9A-F]{2}$", told, re.MULTILINE)
        trusting = ssl.create_default_context(cafile=kept / "mien-certificate.pem")
        assert httpx.get(f"{address}healthz", verify=trusting, timeout=60).status_code == 200
        assert service.end() == 130
    certificate = ("--tls-cert", kept / "mien-certificate.pem", "--tls-key", kept / "mien-key.pem")
    with _running(*certificate) as service:
        assert (
            httpx.get(f"{service.address}healthz", verify=trusting, timeout=60).status_code == 200
        )
        assert "fingerprint" not in "".join(service.told)


def test_a_certificate_that_is_not_kept_leaves_nothing(tmp_path: Path) -> None:
    with _running("--tls-self-signed", TMPDIR=str(tmp_path)) as service:
        assert service.address.startswith("https://")
        assert list(tmp_path.rglob("mien-key.pem"))
        assert service.end() == 130
    assert not list(tmp_path.iterdir())


def test_a_port_that_is_taken() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert _refused("--port", str(port)) == (
            f"mien: port {port} is in use; choose another, or any that is free with --port 0\n"
        )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--host", "203.0.113.9"], "there is no address '203.0.113.9' on this machine"),
        (["--model", "nothing"], "there is no model 'nothing'"),
        (["--device", "nothing"], "there is no device 'nothing'"),
        (["--config", "nothing.toml"], "there is no settings file 'nothing.toml'"),
        (["--set", "prot=1"], "there is no setting 'prot'"),
        (["--set", "timeout=0"], "the setting 'timeout' must be greater than 0"),
        (["--tls-cert", "a.pem"], "a certificate and its private key belong together"),
    ],
)
def test_what_cannot_be(arguments: list[str], message: str) -> None:
    assert message in _refused("--port", "0", *arguments)


def test_flags_environment_and_file(tmp_path: Path) -> None:
    config = tmp_path / "mien.toml"
    config.write_text("max_pictures = 3\nmax_pixels = 1000\nmax_body_bytes = 5000\n")
    environment = {"MIEN_MAX_PIXELS": "2000", "MIEN_MAX_BODY_BYTES": "6000"}
    arguments = ("--config", config, "--set", "max_body_bytes=7000")
    with _running(*arguments, **environment) as service:
        limits = _client.get(f"{service.address}v1/model").json()["limits"]
    assert limits == {"max_pictures": 3, "max_pixels": 2000, "max_body_bytes": 7000}


def test_what_kubernetes_sets_is_ignored() -> None:
    # Not the class above, whose --port would take precedence.
    variables = {"MIEN_PORT": "tcp://10.96.0.12:8000", "MIEN_MODEL": ""}
    result = subprocess.run(
        [_MIEN, "serve", "--host", "203.0.113.9"],
        capture_output=True,
        text=True,
        env=_ENVIRONMENT | variables,
        check=False,
    )
    assert re.fullmatch(
        r"[\d:]{8} MIEN_PORT is ignored: 'tcp://10.96.0.12:8000' is .*\n"
        r"[\d:]{8} MIEN_MODEL is empty and is ignored\n"
        r"mien: there is no address '203.0.113.9' on this machine\n",
        result.stderr,
    )


def test_the_path_of_a_proxy_and_the_certainty(picture: bytes) -> None:
    with _running("--root-path", "/mien", "--certainty", "off") as service:
        address = service.address
        assert address.endswith("/mien/")
        assert _client.get(address).status_code == 200
        answer = _client.post(f"{address}v1/analyze", files={"picture": ("a.jpg", picture)})
        (face,) = answer.json()["pictures"][0]["faces"]
        assert face["attributes"]["gender"]["label"] in ("female", "male")


def test_a_key_is_not_taken_from_the_command_line() -> None:
    result = subprocess.run(
        [_MIEN, "serve", "--set", "api_key=a-key-that-is-long-enough"],
        capture_output=True,
        text=True,
        env=_ENVIRONMENT,
        check=False,
    )
    assert result.returncode == 2
    assert "MIEN_API_KEY" in result.stderr


@pytest.mark.parametrize("package", ["fastapi", "uvicorn", "pydantic_settings"])
def test_without_the_extra_it_says_what_to_install(package: str) -> None:
    program = (
        f"import sys; sys.modules[{package!r}] = None; sys.argv = ['mien', 'serve'];"
        "from mien.cli import main; main()"
    )
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert result.returncode == 1
    assert result.stderr == (
        "mien: The web page needs packages that are not installed; "
        "install them with: pip install 'mien[serve]'\n"
    )
