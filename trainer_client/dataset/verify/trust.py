"""The trust in suites of mode program."""

from __future__ import annotations

from typing import Any

from trainer_client.dataset.verify.work import Work


def weigh_trust(work: Work) -> None:
    """Add the proven reference to the suite, and store the trust that the service reports. With fewer bits than the
    configuration requires, the row says weak."""
    spec = work.suite.program
    if spec is None or not work.in_python:
        return
    filled = spec.model_copy(update={"reference": work.in_python[0].code})
    work.suite = work.suite.model_copy(update={"program": filled})
    [report] = work.grade(work.in_python[:1])
    trust: Any = getattr(report, "trust", None)
    if trust is None:
        return
    facts = trust.model_dump(mode="json")
    if trust.bits < work.config.trust_min_bits:
        facts["level"] = "weak"
        work.set_apart("weak_trust")
    work.problem = work.problem.evolve(trust_json=facts)
