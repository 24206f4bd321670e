"""Tasks that repeat a step for ever end when they are told to."""

from __future__ import annotations

import asyncio

from evaluator.cancellation import cancel


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
