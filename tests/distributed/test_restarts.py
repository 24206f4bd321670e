"""Every part is restarted in turn while a batch is graded: the client sees one complete, right answer."""

from __future__ import annotations

import signal
from collections.abc import Callable
from contextlib import ExitStack

from evaluator.schema import Submission, Suite
from tests.distributed.conftest import Site
from tests.distributed.test_faults import EXPECTED
from tests.end_to_end.conftest import RIGHT, SUM, WRONG
from tests.end_to_end.test_workers import in_background
from tests.ports import free_port
from tests.waiting import until
from trainer_client import EvaluatorClient

COUNT = 400
SLOW = f"import time\ntime.sleep(0.08)\n{RIGHT}"
"""So that the batch outlasts the restarts: other tests need the CPU."""


def test_every_part_in_turn(new_site: Callable[[bool], Site]) -> None:
    site = new_site(True)
    suite = Suite.model_validate(SUM)
    kinds = [SLOW, WRONG, "print(1/0)", SLOW]
    batch = [Submission(id=str(n), code=f"{kinds[n % 4]}\n# {n}", suite=suite) for n in range(COUNT)]
    port = free_port()
    with ExitStack() as services, in_background() as run:
        hosts = [site.host(), site.host()]
        service = services.enter_context(site.service_at(port))
        client = services.enter_context(EvaluatorClient(f"http://127.0.0.1:{port}", patience_s=120))
        answer = run(client.grade_many, batch)

        def until_it_goes_on() -> None:
            until(lambda: site.store.keys("microcoder:lease:*") or answer.done(), "chunks are graded")

        until_it_goes_on()
        for host in hosts:
            host.process.send_signal(signal.SIGTERM)
            host.process.wait(60)
            site.host()
            until_it_goes_on()
        site.redis.stop()
        site.redis.start()
        until_it_goes_on()
        service.process.kill()
        service.process.wait()
        services.enter_context(site.service_at(port))
        reports = answer.result(300)
    assert [report.id for report in reports] == [submission.id for submission in batch]
    assert [report.verdict.value for report in reports] == [EXPECTED[n % 4] for n in range(COUNT)]
