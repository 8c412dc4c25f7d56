"""Finds growth of memory, threads and open files in the service and the video.

    python -m benchmarks.soak --minutes 30

A real ``mien serve`` gets good and bad pictures, streams that break off, slow clients and
explanations. A real ``mien watch`` follows a looped video of a camera that goes away now and then,
and another one is run again and again over a folder that grows. It fails if what one of them holds
grows, or if a client gets an answer that it should not get.
"""

from __future__ import annotations

import argparse
import json
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from pathlib import Path

import httpx
import numpy as np
from PIL import Image

from benchmarks.soak.clients import Clients
from benchmarks.soak.growth import LEAST, QUANTITIES, Growth, Samples, growth, sample
from mien.assets import ASTRONAUT
from tests.video.loopback import HttpCamera

_MIEN = [sys.executable, "-m", "mien"]
_EVERY = 2.0  # seconds between two samples
_GONE_EVERY = 20.0  # seconds after which the camera says nothing for a while
_GONE = 3.0  # seconds
_ADDED = 4  # pictures that the folder grows by
_KEPT = 400  # pictures of the folder, at most


def frames() -> list[np.ndarray]:
    """Makes a short video that can be looped: a face that goes to and fro, and leaves."""
    picture = Image.open(ASTRONAUT).convert("RGB").resize((320, 320))
    empty = Image.new("RGB", picture.size, (90, 110, 130))
    made = []
    for step in [*range(0, 320, 8), *range(320, 0, -8)]:
        frame = empty.copy()
        frame.paste(picture, (step, 0))
        made.append(np.asarray(frame))
    return made


@contextmanager
def running(*arguments: str, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Runs mien until the ``with`` statement ends."""
    with log.open("ab") as output:
        process = subprocess.Popen([*_MIEN, *arguments], stdout=output, stderr=output)
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


def free_port() -> int:
    """Returns a port that is free now."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def wait_until_ready(port: int) -> None:
    """Waits for the service."""
    for _ in range(1200):
        try:
            if httpx.get(f"http://127.0.0.1:{port}/readyz").status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise TimeoutError("the service does not start")


def go_away(camera: HttpCamera, ended: threading.Event) -> None:
    """Lets the camera say nothing for a while, again and again."""
    while not ended.wait(_GONE_EVERY):
        camera.speaking.clear()
        ended.wait(_GONE)
        camera.speaking.set()


def watch_folder(folder: Path, samples: Samples, ended: threading.Event, log: Path) -> None:
    """Watches a folder that grows, again and again; each run is one sample."""
    pictures = frames()
    count = 0
    while not ended.is_set():
        for number in range(count, min(count + _ADDED, _KEPT)):
            picture = Image.fromarray(pictures[number % len(pictures)])
            picture.save(folder / f"{number:05}.jpg")
            count = number + 1
        held = Samples()
        lines = folder.parent / "folder.jsonl"
        with running("watch", str(folder), "--headless", "--jsonl", str(lines), log=log) as process:
            sample(process.pid, held, ended, 0.2)
        samples.add_highest(held)


def verdict(name: str, samples: Samples) -> dict[str, Growth]:
    """Prints what a process held in its first and its last third."""
    found = {}
    for quantity, values in samples.values.items():
        if len(values) < LEAST:
            print(f"{name}: {len(values)} samples are too few to tell; let it run longer")
            continue
        one = found[quantity] = growth(quantity, samples.times, values)
        word = "GROWS" if one.grows else "steady"
        print(
            f"{name}: {quantity} {one.first:.1f} -> {one.last:.1f}, by slope {one.by_slope:+.1f},"
            f" allowed {one.allowed:.1f}: {word} ({len(values)} samples)"
        )
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--json", type=Path, help="file for all samples")
    arguments = parser.parse_args()
    held = {name: Samples() for name in ("serve", "watch a camera", "watch a folder")}
    ended = threading.Event()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="mien-soak-")))
        log = folder / "log"
        port = free_port()
        options = ("--no-browser", "--set", "rate_limit=0")
        service = stack.enter_context(running("serve", "--port", str(port), *options, log=log))
        camera = stack.enter_context(HttpCamera(frames()))
        watched = stack.enter_context(
            running("watch", f"http://127.0.0.1:{camera.port}/", "--headless", log=log)
        )
        wait_until_ready(port)
        clients = Clients(port)
        (folder / "pictures").mkdir()
        work = [
            *((clients.repeat, visit, ended) for visit in clients.visits),
            (go_away, camera, ended),
            (sample, service.pid, held["serve"], ended, _EVERY),
            (sample, watched.pid, held["watch a camera"], ended, _EVERY),
            (watch_folder, folder / "pictures", held["watch a folder"], ended, log),
        ]
        threads = [threading.Thread(target=one[0], args=one[1:]) for one in work]
        for thread in threads:
            thread.start()
        time.sleep(60 * arguments.minutes)
        ended.set()
        for thread in threads:
            thread.join()
        alive = service.poll() is None and watched.poll() is None
        said = log.read_text(encoding="utf-8", errors="replace")
    for answer, count in sorted(clients.seen.items()):
        print(f"{count:6} x {answer}")
    found = {name: verdict(name, samples) for name, samples in held.items()}
    if arguments.json:
        arguments.json.write_text(
            json.dumps({name: asdict(samples) for name, samples in held.items()}), encoding="utf-8"
        )
    failed = [answer for answer in clients.seen if answer.startswith("failed")]
    grown = [name for name, parts in found.items() if any(p.grows for p in parts.values())]
    untold = [name for name, parts in found.items() if len(parts) < len(QUANTITIES)]
    if not alive or "Traceback" in said:
        print(said[-3000:])
    return int(bool(failed or grown or untold or not alive or "Traceback" in said))


if __name__ == "__main__":
    sys.exit(main())
