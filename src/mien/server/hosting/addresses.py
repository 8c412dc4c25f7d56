"""Names and addresses of this machine."""

from __future__ import annotations

import ipaddress
import socket

_UNSPECIFIED = ("0.0.0.0", "::", "")  # noqa: S104 (compared with, not listened at)


def is_loopback(host: str) -> bool:
    """Returns whether only this machine can reach an address.

    Args:
        host: An address or a name.
    """
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_address(host: str) -> bool:
    """Returns whether it is an address rather than a name."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def machine_names() -> list[str]:
    """Returns what this machine calls itself, and what its network may call it."""
    name = socket.gethostname().lower()
    return [name] if "." in name else [name, f"{name}.local"]


def machine_addresses() -> list[str]:
    """Returns the addresses at which other machines may reach this one.

    Asking for the route to an address (of those reserved for documentation) sends nothing.
    """
    found: list[str] = []
    for family, probe in ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1")):
        try:
            with socket.socket(family, socket.SOCK_DGRAM) as route:
                route.connect((probe, 9))
                found.append(route.getsockname()[0])
        except OSError:
            continue
    return [address for address in found if is_address(address) and not is_loopback(address)]


def reachable_at(host: str) -> list[str]:
    """Returns the names and addresses at which a service that listens at ``host`` is reached.

    Args:
        host: An address or a name; an unspecified address stands for all of the machine.
    """
    return ["localhost", *machine_addresses()] if host in _UNSPECIFIED else [host]


def authority(host: str, port: int) -> str:
    """Returns host and port as in an address of the web."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
