"""Tasks that repeat a step, or wait for an event, end when they are told to."""

from __future__ import annotations

import asyncio

from evaluator.cancellation import cancel, wait_for_event


async def forgetful(losses: int) -> None:
    """Lose cancellations, as a step does whose timeout ends together with them."""
    while True:
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            losses -= 1
            if losses < 0:
                raise


def test_a_task_that_loses_cancellations_ends() -> None:
    async def run() -> list[bool]:
        tasks = [asyncio.create_task(forgetful(losses)) for losses in (0, 1, 2)]
        await asyncio.sleep(0)
        await cancel(tasks)
        return [task.cancelled() for task in tasks]

    assert asyncio.run(run()) == [True, True, True]


def test_nothing_is_waited_for_where_nothing_runs() -> None:
    asyncio.run(cancel(()))


def test_a_cancellation_that_comes_together_with_the_event_ends_the_wait() -> None:
    async def run() -> bool:
        event = asyncio.Event()
        task = asyncio.create_task(wait_for_event(event, 3600))
        await asyncio.sleep(0)
        event.set()
        task.cancel()
        await asyncio.wait([task])
        return task.cancelled()

    assert asyncio.run(run())


def test_a_wait_ends_in_time() -> None:
    asyncio.run(wait_for_event(asyncio.Event(), 0.01))
