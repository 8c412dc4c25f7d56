"""https: a certificate that is given, or one that is made for this machine's addresses."""

from __future__ import annotations

import ipaddress
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import idna
import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes

from mien.errors import ServiceError
from mien.server.hosting.addresses import is_address

_DAYS = 397  # browsers accept no certificate that is valid for longer
_RENEWED = timedelta(days=7)  # before it ends
_CERTIFICATE, _KEY = "mien-certificate.pem", "mien-key.pem"


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate chain and its private key.

    Attributes:
        certificate: File of the chain, PEM.
        key: File of the private key, PEM.
        fingerprint: SHA-256 of the certificate, as browsers show it.
    """

    certificate: Path
    key: Path
    fingerprint: str


def given_certificate(certificate: Path, key: Path) -> Certificate:
    """Checks a certificate that the user has.

    Args:
        certificate: File of the chain, PEM.
        key: File of its private key, PEM, not encrypted.

    Raises:
        ServiceError: One of them cannot be read, or they do not belong together.
    """
    for path in (certificate, key):
        if not path.is_file():
            raise ServiceError(f"there is no file '{path}'")
    try:
        return _load(certificate, key)[0]
    except (ValueError, OSError):
        raise ServiceError(
            f"'{certificate}' and '{key}' are not a certificate and its private key"
            " (PEM, not encrypted)"
        ) from None


def self_signed(folder: Path, hosts: list[str]) -> Certificate:
    """Makes a certificate, or takes the one in the folder if it is still valid for the hosts.

    A client that is given its file to trust trusts the service.

    Args:
        folder: Made if it is not there. Only this user may read the key in it.
        hosts: Names and addresses that it is for. Names that no certificate can have are left out.

    Raises:
        ServiceError: The folder cannot be written.
    """
    certificate, key = folder / _CERTIFICATE, folder / _KEY
    hosts = [host for host in hosts if is_address(host) or _is_name(host)]
    try:
        if kept := _still_good(certificate, key, hosts):
            return kept
        folder.mkdir(parents=True, exist_ok=True)
        now = datetime.now(UTC)
        authority = trustme.CA(organization_name="mien", organization_unit_name="this machine")
        made = authority.issue_cert(
            *hosts,
            organization_name="mien",
            organization_unit_name="this machine",
            not_before=now - timedelta(hours=1),
            not_after=now + timedelta(days=_DAYS),
        )
        key.unlink(missing_ok=True)
        key.touch(mode=0o600)
        key.write_bytes(made.private_key_pem.bytes())
        chain = [*made.cert_chain_pems, authority.cert_pem]
        certificate.write_bytes(b"".join(pem.bytes() for pem in chain))
    except OSError as error:
        raise ServiceError(
            f"no certificate can be written into '{folder}': {error.strerror}"
        ) from None
    return _load(certificate, key)[0]


def _is_name(host: str) -> bool:
    try:
        idna.encode(host, uts46=True)
    except idna.IDNAError:
        return False
    return True


def _still_good(certificate: Path, key: Path, hosts: list[str]) -> Certificate | None:
    """Returns the certificate that was made earlier, if it is for these hosts and valid."""
    if not certificate.is_file() or not key.is_file():
        return None
    try:
        kept, read = _load(certificate, key)
        names = read.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (ValueError, x509.ExtensionNotFound, ssl.SSLError):
        return None
    known = {
        *names.get_values_for_type(x509.DNSName),
        *map(str, names.get_values_for_type(x509.IPAddress)),
    }
    good = {_written(host) for host in hosts} <= known
    return kept if good and read.not_valid_after_utc - datetime.now(UTC) > _RENEWED else None


def _written(host: str) -> str:
    """Returns a name or an address as certificates write it."""
    if is_address(host):
        return str(ipaddress.ip_address(host))
    return idna.encode(host, uts46=True).decode("ascii")


def _load(certificate: Path, key: Path) -> tuple[Certificate, x509.Certificate]:
    """Reads a certificate; raises ValueError or OSError if it and its key are of no use."""
    # With an encrypted key OpenSSL would ask for its password on the terminal, and wait.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key, password=lambda: b"")
    read = x509.load_pem_x509_certificate(certificate.read_bytes())
    fingerprint = read.fingerprint(hashes.SHA256()).hex(":").upper()
    return Certificate(certificate, key, fingerprint), read
