"""Concurrent requests share batches."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True, eq=False)
class _Job(Generic[Item, Result]):
    items: Sequence[Item]
    answer: asyncio.Future[list[Result]]


class Batcher(Generic[Item, Result]):
    """Gathers the items of several callers into one call of a function, in a worker thread.

    While one batch is worked on the next gathers by itself. Beyond that, items wait for others
    only while others are on their way, and only for a moment.

    Args:
        work: Takes any number of items, returns a result for each; called by one thread at a time.
        executor: Whose threads call it.
        size: No more items are waited for once there are so many.
        wait: Seconds that an item may wait for others.
        expected: Says whether others are on their way.
        observe: Told of each batch: how many callers, how many items.
    """

    def __init__(
        self,
        work: Callable[[list[Item]], list[Result]],
        executor: Executor,
        *,
        size: int,
        wait: float,
        expected: Callable[[], bool],
        observe: Callable[[int, int], None],
    ) -> None:
        self._work = work
        self._executor = executor
        self._size = size
        self._wait = wait
        self._expected = expected
        self._observe = observe
        self._queue: asyncio.Queue[_Job[Item, Result]] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begins to work, in the running event loop."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Ends the work; callers that still wait are cancelled."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        while not self._queue.empty():
            self._queue.get_nowait().answer.cancel()

    async def submit(self, items: Sequence[Item]) -> list[Result]:
        """Returns the result of each item.

        A caller that is cancelled takes its items back if they are not worked on yet.
        """
        if not items:
            return []
        answer: asyncio.Future[list[Result]] = asyncio.get_running_loop().create_future()
        self._queue.put_nowait(_Job(items, answer))
        return await answer

    async def _run(self) -> None:
        while True:
            jobs = [job for job in await self._gather() if not job.answer.done()]
            items = [item for job in jobs for item in job.items]
            if not items:
                continue
            self._observe(len(jobs), len(items))
            loop = asyncio.get_running_loop()
            try:
                results = iter(await loop.run_in_executor(self._executor, self._work, items))
            except asyncio.CancelledError:
                for job in jobs:
                    job.answer.cancel()
                raise
            except Exception as error:
                for job in jobs:
                    if not job.answer.done():
                        job.answer.set_exception(error)
                continue
            for job in jobs:
                part = [next(results) for _ in job.items]
                if not job.answer.done():
                    job.answer.set_result(part)

    async def _gather(self) -> list[_Job[Item, Result]]:
        """Waits for a job, and for a moment for more."""
        loop = asyncio.get_running_loop()
        jobs = [await self._queue.get()]
        count = len(jobs[0].items)
        latest = loop.time() + self._wait
        while count < self._size:
            if self._queue.empty() and not self._expected():
                break
            try:
                async with asyncio.timeout_at(latest):
                    job = await self._queue.get()
            except TimeoutError:
                break
            jobs.append(job)
            count += len(job.items)
        return jobs
