"""https, with a certificate that is given or made."""

from __future__ import annotations

import asyncio
import json
import ssl
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
import websockets
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from served import Serve

from mien.errors import ServiceError
from mien.server.hosting import tls as certificates
from mien.server.hosting.tls import given_certificate, self_signed

HOSTS = ["localhost", "127.0.0.1", "::1", "192.0.2.7", "faces.example"]


def test_a_client_that_trusts_the_certificate_that_was_made(
    serve: Serve, small: bytes, tmp_path: Path
) -> None:
    made = self_signed(tmp_path, HOSTS)
    with serve(certificate=made) as service:
        assert service.url.startswith("https://")
        assert service.analyze(small).status_code == 200
        by_name = service.client.get(f"https://localhost:{service.port}/v1/model")
        assert by_name.status_code == 200
        with pytest.raises(httpx.ConnectError, match=r"(?i)certificate"):
            httpx.get(f"{service.url}/healthz")

        async def stream() -> dict:
            trusting = ssl.create_default_context(cafile=made.certificate)
            async with websockets.connect(service.stream, ssl=trusting) as connection:
                await connection.send(small)
                return json.loads(await asyncio.wait_for(connection.recv(), 20))

        assert asyncio.run(stream())["frame"] == 0


def test_what_is_in_it(tmp_path: Path) -> None:
    made = self_signed(tmp_path, HOSTS)
    read = x509.load_pem_x509_certificate(made.certificate.read_bytes())
    names = read.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["localhost", "faces.example"]
    addresses = [str(address) for address in names.get_values_for_type(x509.IPAddress)]
    assert addresses == ["127.0.0.1", "::1", "192.0.2.7"]
    left = read.not_valid_after_utc - datetime.now(UTC)
    assert timedelta(days=390) < left < timedelta(days=398)
    assert made.fingerprint.count(":") == 31
    assert stat.S_IMODE(made.key.stat().st_mode) == 0o600


def test_a_name_that_no_certificate_can_have_is_left_out(tmp_path: Path) -> None:
    made = self_signed(tmp_path, ["my_machine", "x" * 70, *HOSTS])
    assert self_signed(tmp_path, ["my_machine", *HOSTS]) == made
    read = x509.load_pem_x509_certificate(made.certificate.read_bytes())
    names = read.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["localhost", "faces.example"]


def test_it_is_kept_as_long_as_it_serves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "tls"
    first = self_signed(folder, HOSTS)
    assert self_signed(folder, HOSTS[:2]) == first
    other = self_signed(folder, [*HOSTS, "192.0.2.8"])
    assert other.fingerprint != first.fingerprint
    monkeypatch.setattr(certificates, "_RENEWED", timedelta(days=398))
    assert self_signed(folder, HOSTS).fingerprint != other.fingerprint
    first.certificate.write_text("no certificate")
    given = self_signed(folder, HOSTS)
    assert given_certificate(given.certificate, given.key) == given


def test_a_given_certificate_that_cannot_be_used(tmp_path: Path) -> None:
    one = self_signed(tmp_path / "one", HOSTS)
    other = self_signed(tmp_path / "other", HOSTS)
    with pytest.raises(ServiceError, match="there is no file"):
        given_certificate(tmp_path / "none.pem", one.key)
    with pytest.raises(ServiceError, match="are not a certificate and its private key"):
        given_certificate(one.certificate, other.key)
    private = ec.generate_private_key(ec.SECP256R1())
    locked = tmp_path / "locked.pem"
    locked.write_bytes(
        private.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(b"secret"),
        )
    )
    with pytest.raises(ServiceError, match="not encrypted"):
        given_certificate(one.certificate, locked)


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ServiceError, match="no certificate can be written into"):
        self_signed(tmp_path / "file", HOSTS)
