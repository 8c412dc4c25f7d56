"""Requests share batches, and nobody's answer depends on who else asks."""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import numpy as np
import pytest
from PIL import Image
from served import Serve, Service, encode

from mien.server.batching import Batcher


def _ask(service: Service, pictures: list[bytes]) -> list[dict]:
    """Sends pictures, each in a request of its own, all at once."""

    async def ask_all() -> list[httpx.Response]:
        async with httpx.AsyncClient(base_url=service.url, timeout=60) as client:
            kind = {"content-type": "image/jpeg"}
            return await asyncio.gather(
                *(client.post("/v1/analyze", content=data, headers=kind) for data in pictures)
            )

    responses = asyncio.run(ask_all())
    assert {response.status_code for response in responses} == {200}
    return [response.json()["pictures"][0] for response in responses]


def _close(one: dict, other: dict) -> None:
    assert one["width"] == other["width"]
    assert len(one["faces"]) == len(other["faces"])
    for ours, theirs in zip(one["faces"], other["faces"], strict=True):
        assert ours["box"] == theirs["box"]
        assert ours["age"]["years"] == pytest.approx(theirs["age"]["years"], abs=0.1)
        assert ours["gender"]["female"] == pytest.approx(theirs["gender"]["female"], abs=1e-3)


def test_together_and_one_by_one_the_answers_are_the_same(
    serve: Serve, astronaut: np.ndarray
) -> None:
    face = Image.fromarray(astronaut[20:240, 120:320])
    pictures = [encode(np.asarray(face.resize((150 + 6 * i, 170)))) for i in range(15)]
    pictures.append(encode(np.hstack([astronaut, astronaut[:, ::-1]])))
    pictures.append(encode(np.zeros((100, 100, 3), np.uint8)))
    with serve(batch_faces=1) as service:
        alone = [service.analyze(data).json()["pictures"][0] for data in pictures]
        assert service.number("mien_batch_faces_sum") == 17
        # All batches are of one picture: the one with two faces is one too.
        assert service.number("mien_batch_pictures_sum") == 16
        assert service.number("mien_batch_pictures_count") == 16
    with serve(batch_wait=0.05) as service:
        together = _ask(service, pictures)
        assert service.number("mien_batch_faces_sum") == 17
        assert service.number("mien_batch_faces_count") < 12
    for one, other in zip(alone, together, strict=True):
        _close(one, other)


def _batcher(
    executor: ThreadPoolExecutor, batches: list[list[int]], **options: object
) -> Batcher[int, int]:
    def work(items: list[int]) -> list[int]:
        batches.append(items)
        time.sleep(0.02)
        if 13 in items:
            raise ZeroDivisionError
        return [10 * item for item in items]

    chosen = {"size": 4, "wait": 0.5, "expected": lambda: True, "observe": lambda *_: None}
    return Batcher(work, executor, **(chosen | options))  # type: ignore[arg-type]


def test_batches_gather_up_to_their_size() -> None:
    async def run() -> tuple[list[list[int]], list[list[int]]]:
        batches: list[list[int]] = []
        with ThreadPoolExecutor(1) as executor:
            batcher = _batcher(executor, batches)
            batcher.start()
            answers = await asyncio.gather(
                *(batcher.submit(items) for items in ([1], [2, 3], [], [4], [5], [6, 7, 8, 9]))
            )
            await batcher.stop()
        return batches, answers

    batches, answers = asyncio.run(run())
    assert batches == [[1, 2, 3, 4], [5, 6, 7, 8, 9]]
    assert answers == [[10], [20, 30], [], [40], [50], [60, 70, 80, 90]]


@pytest.mark.parametrize(("expected", "least", "most"), [(True, 0.3, 0.6), (False, 0.0, 0.2)])
def test_it_waits_only_for_those_on_their_way(expected: bool, least: float, most: float) -> None:
    async def run() -> float:
        with ThreadPoolExecutor(1) as executor:
            batcher = _batcher(executor, [], wait=0.3, expected=lambda: expected)
            batcher.start()
            began = time.perf_counter()
            await batcher.submit([1])
            took = time.perf_counter() - began
            await batcher.stop()
        return took

    assert least <= asyncio.run(run()) < most


def test_who_gives_up_is_not_worked_for_and_who_fails_is_told() -> None:
    async def run() -> list[list[int]]:
        batches: list[list[int]] = []
        with ThreadPoolExecutor(1) as executor:
            batcher = _batcher(executor, batches, wait=0.0, size=1)
            batcher.start()
            first = asyncio.create_task(batcher.submit([1]))
            given_up = asyncio.create_task(batcher.submit([2]))
            failing = asyncio.create_task(batcher.submit([13]))
            await asyncio.sleep(0.01)
            given_up.cancel()
            assert await first == [10]
            with pytest.raises(ZeroDivisionError):
                await failing
            assert await batcher.submit([3]) == [30]
            waiting = asyncio.create_task(batcher.submit([4]))
            queued = asyncio.create_task(batcher.submit([5]))
            await asyncio.sleep(0.005)
            await batcher.stop()
            ended = await asyncio.gather(waiting, queued, return_exceptions=True)
            assert all(isinstance(e, asyncio.CancelledError) for e in ended)
        return batches

    assert asyncio.run(run())[:3] == [[1], [13], [3]]
