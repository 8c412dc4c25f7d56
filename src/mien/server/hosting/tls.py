"""TLS: a given certificate, or one made for this machine's addresses and signed by itself."""

from __future__ import annotations

import ipaddress
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from mien.errors import ServiceError
from mien.server.hosting.addresses import is_address

_DAYS = 397  # as long as browsers take a certificate to be valid
_RENEWED = timedelta(days=7)  # before it ends
_CERTIFICATE, _KEY = "mien-certificate.pem", "mien-key.pem"


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate chain and its private key.

    Attributes:
        certificate: File, PEM.
        key: File, PEM.
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
        # An encrypted key would have OpenSSL ask for its password, even where nobody is.
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key, password=lambda: b"")
        loaded = x509.load_pem_x509_certificate(certificate.read_bytes())
    except (ssl.SSLError, ValueError, OSError):
        raise ServiceError(
            f"'{certificate}' and '{key}' are not a certificate and its private key"
            " (PEM, not encrypted)"
        ) from None
    return Certificate(certificate, key, _fingerprint(loaded))


def self_signed(folder: Path, hosts: list[str]) -> Certificate:
    """Makes a certificate, or takes the one in the folder if that still serves.

    Args:
        folder: Made if it is not there; nobody else may read the key in it.
        hosts: Names and addresses that it is for.

    Raises:
        ServiceError: The folder cannot be written.
    """
    certificate, key = folder / _CERTIFICATE, folder / _KEY
    try:
        if kept := _still_good(certificate, key, hosts):
            return Certificate(certificate, key, _fingerprint(kept))
        folder.mkdir(parents=True, exist_ok=True)
        private = ec.generate_private_key(ec.SECP256R1())
        made = _make(private, hosts)
        key.unlink(missing_ok=True)
        key.touch(mode=0o600)
        key.write_bytes(
            private.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    except OSError as error:
        raise ServiceError(
            f"no certificate can be written into '{folder}': {error.strerror}"
        ) from None
    return Certificate(certificate, key, _fingerprint(made))


def _make(private: ec.EllipticCurvePrivateKey, hosts: list[str]) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mien on this machine")])
    now = datetime.now(UTC)
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,  # a client that is given it to trust takes it for its own authority
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    public = private.public_key()
    identifier = x509.SubjectKeyIdentifier.from_public_key(public)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=_DAYS))
        .add_extension(x509.SubjectAlternativeName([_general(h) for h in hosts]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(identifier, critical=False)
        .sign(private, hashes.SHA256())
    )


def _general(host: str) -> x509.GeneralName:
    return x509.IPAddress(ipaddress.ip_address(host)) if is_address(host) else x509.DNSName(host)


def _still_good(certificate: Path, key: Path, hosts: list[str]) -> x509.Certificate | None:
    """Returns the certificate that was made earlier, if it is for these hosts and valid."""
    if not certificate.is_file() or not key.is_file():
        return None
    try:
        kept = x509.load_pem_x509_certificate(certificate.read_bytes())
        names = kept.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key)
    except (ValueError, x509.ExtensionNotFound, ssl.SSLError):
        return None
    good = {_general(host) for host in hosts} <= set(names)
    return kept if good and kept.not_valid_after_utc - datetime.now(UTC) > _RENEWED else None


def _fingerprint(certificate: x509.Certificate) -> str:
    return certificate.fingerprint(hashes.SHA256()).hex(":").upper()
