"""Workers' time between senders while a run of one of them has the machine for itself."""

from __future__ import annotations

import asyncio
import fcntl
import os
from pathlib import Path

from evaluator.queueing.embedded import EmbeddedQueue
from evaluator.queueing.quotas import job_owner
from evaluator.schema import Submission, Suite, Verdict
from evaluator.settings import Settings

SUITE = Suite.model_validate({"mode": "stdio", "tests": [{"input": "", "output": "1"}]})
LIGHT = Submission(code="print(1)", suite=SUITE)
HELD_S = 1.5


def test_who_waits_for_anothers_run_alone_does_not_pay_for_it(tmp_path: Path) -> None:
    async def graded() -> tuple[Verdict, float]:
        queue = EmbeddedQueue(Settings(workers=1, data_dir=tmp_path, min_isolation="process"))
        await queue.start()
        gate = os.open(next(tmp_path.rglob("machine/gate")), os.O_RDWR)
        try:
            job_owner.set("light")
            await queue.grade([LIGHT])[0]
            before_s = queue._queue._had_s["light"]
            fcntl.flock(gate, fcntl.LOCK_EX)  # as a run that has the machine exclusively
            [answer] = queue.grade([LIGHT.model_copy(update={"code": "print(1) # again"})])
            await asyncio.sleep(HELD_S)
            assert not answer.done()
            fcntl.flock(gate, fcntl.LOCK_UN)
            report = await answer
            return report.verdict, queue._queue._had_s["light"] - before_s
        finally:
            os.close(gate)
            await queue.close()

    verdict, charged_s = asyncio.run(graded())
    assert verdict is Verdict.ACCEPTED
    assert 0 <= charged_s < HELD_S
