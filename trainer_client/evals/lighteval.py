"""For lighteval: LiveCodeBench's metric, and any other of programs, judged by this service.

::

    from trainer_client.evals.lighteval import microcoder_metric

    LightevalTaskConfig(..., metrics=[microcoder_metric("codegen_pass@1:16")])
"""

from __future__ import annotations

from statistics import fmean
from typing import Any

from lighteval.metrics.metrics_sample import SampleLevelComputation
from lighteval.metrics.utils.metric_utils import SampleLevelMetric
from lighteval.models.model_output import ModelResponse
from lighteval.tasks.lighteval_task import Doc
from lighteval.tasks.requests import SamplingMethod

from evaluator.schema import Submission, Suite
from trainer_client.benchmarks.livecodebench import TIMEOUT_S, Rules, program
from trainer_client.blocking import EvaluatorClient
from trainer_client.evals import is_accepted
from trainer_client.suites import suite_of

_OF_INPUTS = {"checker": {"kind": "lcb"}, "limits": {"cpu_s": TIMEOUT_S, "memory_mb": 4096}}
"""LiveCodeBench's rule of comparison and its seconds, for documents that hold inputs and outputs."""


class MicrocoderMetric(SampleLevelComputation):  # type: ignore[misc]  # Any to the checker
    """The share of a document's answers whose program is accepted. ``doc.specific`` holds the tests: ``inputs``,
    ``outputs`` and ``fn_name`` as lighteval's LiveCodeBench has them, or any other shape that ``suite_of`` knows."""

    def __init__(self, url: str | None = None, rules: Rules = "own", *, tolerant: bool = False) -> None:
        self._client, self._rules, self._tolerant = EvaluatorClient(url), rules, tolerant

    def compute(self, model_response: ModelResponse, doc: Doc, **_: Any) -> float:
        """Grade all answers to a document.

        Raises:
            EvaluatorError: one was not judged, which is no failure of the program.
        """
        suite = self._suite(doc)
        programs = [program(answer, tolerant=self._tolerant) for answer in model_response.final_text]
        submissions: list[Submission] = [each.submission(suite) for each in programs]
        return fmean(map(is_accepted, self._client.grade_many(submissions)))

    def _suite(self, doc: Doc) -> Suite:
        tests = doc.specific or {}
        suite = suite_of(tests, **(_OF_INPUTS if "inputs" in tests else {}))
        return suite if self._rules == "own" else suite.model_copy(update={"rules": self._rules})


def microcoder_metric(
    name: str = "codegen_pass@1", url: str | None = None, rules: Rules = "own", *, tolerant: bool = False
) -> SampleLevelMetric:
    """Make the metric. lighteval reads the number of answers from its name, as of ``codegen_pass@1:16``.

    Args:
        url: of the service; by default ``MICROCODER_URL``.
        rules: ``lighteval`` runs and judges programs as lighteval itself does.
        tolerant: find programs as rewards do; by default what stands between the last two lines with a fence counts.
    """
    return SampleLevelMetric(
        metric_name=name,
        category=SamplingMethod.GENERATIVE,
        higher_is_better=True,
        sample_level_fn=MicrocoderMetric(url, rules, tolerant=tolerant),
        corpus_level_fn=fmean,
        batched_compute=False,
    )
