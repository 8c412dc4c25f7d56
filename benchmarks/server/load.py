"""The service under load: rate and latency, overload, and memory over many requests.

    python -m benchmarks.server.load
    python -m benchmarks.server.load --seconds 20 --rounds 3 --requests 5000 --json load.json
    python -m benchmarks.server.load --deepface PYTHON

Servers and clients run on the same machine; compare results of the same run only. The servers take
turns in each round. "plain" is benchmarks.server.plain: the same model without limits and checks.
PYTHON is the interpreter of an environment with ``deepface[api]``; DeepFace's server is then
measured too.
"""

from __future__ import annotations

import argparse
import json
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.server.clients import Outcome, deepface_request_for, request_for, send_requests
from mien.assets import ASTRONAUT

_SERVE = [sys.executable, "-c", "from mien.cli import main; main()", "serve", "--no-browser"]
_FREE = ("--set", "rate_limit=0", "--set", "max_requests=256")

SERVERS: dict[str, tuple[str, ...]] = {
    "mien": (*_SERVE, *_FREE, "--port"),
    "plain": (sys.executable, "-m", "benchmarks.server.plain"),
}


@contextmanager
def running(*command: str) -> Iterator[str]:
    """Runs a server; yields its address."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    process = subprocess.Popen([*command, str(port)], stderr=subprocess.DEVNULL)
    try:
        for _ in range(600):
            try:
                urllib.request.urlopen(f"{address}/readyz")
                break
            except OSError:
                time.sleep(0.1)
        yield address
    finally:
        process.terminate()
        process.wait()


def measure_rates(picture: Path, clients: list[int], seconds: float, rounds: int) -> Any:
    """Measures every server with every number of clients; the servers take turns."""
    outcomes = {(name, count): Outcome() for name in SERVERS for count in clients}
    for _ in range(rounds):
        for name, command in SERVERS.items():
            with running(*command) as address:
                request = request_for(address, picture)
                send_requests(address, request, 4, 1.0)  # to warm up
                for count in clients:
                    outcome = send_requests(address, request, count, seconds)
                    total = outcomes[name, count]
                    total.seconds += outcome.seconds
                    for status, values in outcome.latencies.items():
                        total.latencies.setdefault(status, []).extend(values)
    rows = []
    for (name, count), outcome in outcomes.items():
        plain = outcomes["plain", count].rate()
        rows.append(
            {
                "server": name,
                "clients": count,
                "requests_per_second": round(outcome.rate(), 1),
                "against_plain": round(outcome.rate() / plain, 2),
                "latency_ms": outcome.percentiles(),
                "statuses": {status: len(v) for status, v in sorted(outcome.latencies.items())},
            }
        )
        print(json.dumps(rows[-1]))
    return rows


def measure_deepface(python: str, picture: Path, seconds: float) -> Any:
    """Measures DeepFace's own server and the service, each with one client."""
    script = str(Path(__file__).with_name("deepface_server.py"))
    rates = {}
    with running(python, script) as address:
        request = deepface_request_for(address, picture)
        send_requests(address, request, 1, 600.0, 1)  # it builds its networks
        rates["deepface"] = send_requests(address, request, 1, seconds).rate()
    with running(*SERVERS["mien"]) as address:
        request = request_for(address, picture)
        send_requests(address, request, 1, 1.0)
        rates["mien"] = send_requests(address, request, 1, seconds).rate()
    result = {name: round(rate, 2) for name, rate in rates.items()}
    result["times deepface's"] = round(rates["mien"] / rates["deepface"], 1)
    print(json.dumps(result))
    return result


def measure_overload(picture: Path, seconds: float) -> Any:
    """Measures the latency of accepted requests while the service must refuse others."""
    rows = []
    command = (*_SERVE, "--set", "rate_limit=0", "--set", "max_requests=16", "--port")
    with running(*command) as address:
        request = request_for(address, picture)
        send_requests(address, request, 4, 1.0)
        for count in (16, 64, 256):
            outcome = send_requests(address, request, count, seconds)
            rows.append(
                {
                    "clients": count,
                    "max_requests": 16,
                    "accepted_per_second": round(outcome.rate(), 1),
                    "accepted_ms": outcome.percentiles(),
                    "refused_per_second": round(outcome.rate(503), 1),
                    "refused_ms": outcome.percentiles(503),
                }
            )
            print(json.dumps(rows[-1]))
    return rows


def measure_memory(picture: Path, requests: int) -> Any:
    """Measures the memory of the service ten times during many requests."""
    megabytes = []
    with running(*SERVERS["mien"]) as address:
        request = request_for(address, picture)
        for _ in range(10):
            send_requests(address, request, 8, 3600, requests // 10)
            text = urllib.request.urlopen(f"{address}/metrics").read().decode()
            resident = text.split("\nprocess_resident_memory_bytes ")[1].split("\n")[0]
            megabytes.append(round(float(resident) / 1e6, 1))
    result = {"requests": requests, "resident_megabytes": megabytes}
    print(json.dumps(result))
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--picture", type=Path, default=ASTRONAUT)
    parser.add_argument("--clients", type=int, nargs="+", default=[1, 8, 64])
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--requests", type=int, default=5000, help="requests for the memory")
    parser.add_argument("--deepface", help="Python interpreter of an environment with DeepFace")
    parser.add_argument("--json", type=Path, help="file for all results")
    options = parser.parse_args()
    result = {
        "deepface": options.deepface
        and measure_deepface(options.deepface, options.picture, options.seconds),
        "rates": measure_rates(options.picture, options.clients, options.seconds, options.rounds),
        "overload": measure_overload(options.picture, options.seconds),
        "memory": measure_memory(options.picture, options.requests),
    }
    if options.json:
        options.json.write_text(json.dumps(result, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
