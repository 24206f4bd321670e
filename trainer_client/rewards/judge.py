"""The part that all trainers' modules share: texts and tests in, outcomes out."""

from __future__ import annotations

import asyncio
import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal, Self, TypedDict, TypeVar

from pydantic import ValidationError

from evaluator.schema import Report, Submission, Suite, Verdict
from evaluator.schema.jsontext import wrong_fields
from evaluator.schema.thoughts import openers, thought_opened_by, with_thought
from trainer_client.blocking import EvaluatorClient
from trainer_client.errors import DeadlineExceeded, EvaluatorError, Unreachable
from trainer_client.rewards.shapes import Shape, binary, shape_of
from trainer_client.suites import RowTests, UnknownTests, read_row

OnError = float | Literal["raise", "nan"] | None
"""The reward of a program that was not judged: an exception, NaN, None where the trainer knows it, or a number that you
have chosen."""
_Result = TypeVar("_Result")
_MISSING_MODULE = re.compile(r"ModuleNotFoundError: No module named '(\w{1,64})")
_PROMPT_CHARACTERS = 60
"""The beginning of a prompt, by which a row without an id is named."""
_ID_COLUMNS = ("id", "task_id", "question_id", "problem_id", "uid", "index")


class NotJudged(EvaluatorError):
    """The service answered, but could not judge a program (``judge_error``)."""


class WeakSuite(NotJudged):
    """A suite of mode program has fewer bits than ``min_bits``: a program that computes nothing may pass it."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome of one program: its report, or the error in its place. ``reward`` is None if the program was not
    judged, or if its suite has too few bits: then ``error`` is a ``WeakSuite``."""

    reward: float | None
    report: Report | None
    error: EvaluatorError | None

    @property
    def verdict(self) -> str:
        """The report's, or ``judge_error`` without one."""
        return str(self.report.verdict) if self.report is not None else "judge_error"

    @property
    def reason(self) -> str:
        """The cause of another verdict than accepted, in one sentence: of the first test that failed, of the whole,
        or of what kept it from being judged. Empty of an accepted program."""
        if self.error is not None:
            return str(self.error)
        if self.report is None:
            return ""
        failure = self.report.first_failure
        return (failure.reason if failure is not None else None) or self.report.reason or ""

    @property
    def missing_module(self) -> str | None:
        """The package for want of which the program failed, None of all others."""
        failure = self.report.first_failure if self.report is not None else None
        if failure is None or failure.verdict is not Verdict.RUNTIME_ERROR:
            return None
        match = _MISSING_MODULE.search(failure.reason or "")
        return match[1] if match is not None else None

    @property
    def weak(self) -> bool:
        """The suite is known to be weak (``Report.trust``)."""
        return self.report is not None and self.report.trust is not None and self.report.trust.level == "weak"

    @property
    def strict(self) -> bool | None:
        """An accepted program also passes exact comparison; None of another, and without each test's report."""
        if self.report is None or self.report.verdict is not Verdict.ACCEPTED or not self.report.tests:
            return None
        return all(test.strict is not False for test in self.report.tests)

    def settled(self, on_error: OnError) -> float | None:
        """Return the reward, or what ``on_error`` says.

        Raises:
            EvaluatorError: it was not judged, and ``on_error`` is ``raise``.
        """
        if self.reward is not None:
            return self.reward
        if on_error == "raise":
            raise self.error or NotJudged(f"{self.verdict}: {self.reason}")
        return math.nan if on_error == "nan" else on_error

    def certain(self, on_error: OnError) -> float:
        """Return the same for trainers that know no None: NaN instead."""
        reward = self.settled(on_error)
        return math.nan if reward is None else reward


@dataclass(frozen=True, slots=True, eq=False)
class PendingGrade:
    """A text that is being graded, and the future of its report."""

    grader: RewardGrader = field(repr=False)
    text: str = field(repr=False)
    report: Future[Report]


class GraderOptions(TypedDict, total=False):
    """The options of each trainer's rewards that say how texts are graded; ``RewardGrader`` says what they mean."""

    client: EvaluatorClient | None
    shape: Shape | str
    language: str
    suite_fields: Mapping[str, Any] | None
    min_bits: float
    thought: str


@dataclass(frozen=True, slots=True)
class RewardGrader:
    """Grades models' texts. ``language`` is the one of rows that name none; ``fields`` go into every suite that is
    not given by id, such as ``{"limits": {"cpu_s": 10}}``. Of a suite of mode program with fewer than ``min_bits``
    (``Report.trust``; 8 and more are strong) no reward counts, be the program accepted or not: it is withheld, as of a
    program that was not judged. ``thought`` is the tag with which the model's chat template opens a thought, such as
    ``<think>``: a completion whose thought never ends then has no program, whatever it drafts. ``extract`` finds the
    program in a text by a benchmark's own rule, in place of the service."""

    client: EvaluatorClient | None = None
    shape: Shape = binary
    language: str = "python"
    fields: Mapping[str, Any] | None = None
    min_bits: float = 0
    thought: str = ""
    extract: Callable[[str], str] | None = None

    @classmethod
    def of(
        cls,
        client: EvaluatorClient | None = None,
        shape: Shape | str = "binary",
        language: str = "python",
        suite_fields: Mapping[str, Any] | None = None,
        min_bits: float = 0,
        thought: str = "",
    ) -> Self:
        """Make a grader from a trainer's options (``GraderOptions``).

        Raises:
            ValueError: there is no shape of that name, or ``thought`` is no tag that opens a thought.
        """
        if thought and thought not in openers():
            raise ValueError(f"{thought!r} opens no thought; known are: {', '.join(map(repr, openers()))}")
        fields = dict(suite_fields) if suite_fields else None
        return cls(client, shape_of(shape), language, fields, min_bits, thought)

    @classmethod
    def of_configuration(cls, configuration: Any) -> Self:
        """Make a grader from a trainer's configuration: a mapping, or an object with ``get``.

        Raises:
            ValueError: as ``of``.
        """
        options = {name: configuration.get(name) for name in GraderOptions.__annotations__}
        return cls.of(**{name: value for name, value in options.items() if value is not None})

    def outcomes(self, texts: Sequence[Any], tests: Sequence[Any]) -> list[Outcome]:
        """Grade texts (or completions, as ``text_of`` takes them), one outcome for each, in order; ``tests`` are suites
        in any shape that ``suite_of`` knows, or ids.

        Raises:
            RequestRefused, ServiceFault, BadReply: something is wrong that waiting does not cure.
            UnknownTests: a row holds no tests, or no valid suite; the message has its place in the batch, from 0.
        """
        submissions = self.submissions(texts, tests)
        try:
            return self._judged(self._client.start(submissions).result())
        except (Unreachable, DeadlineExceeded) as error:
            return self._judged(error.reports, error)

    async def outcomes_async(self, texts: Sequence[Any], tests: Sequence[Any]) -> list[Outcome]:
        """Grade as ``outcomes`` does, from any event loop, which stays free meanwhile."""
        submissions = await asyncio.to_thread(self.submissions, texts, tests)
        try:
            reports: list[Report] = await asyncio.wrap_future(self._client.start(submissions))
            return self._judged(reports)
        except (Unreachable, DeadlineExceeded) as error:
            return self._judged(error.reports, error)

    def check(self) -> None:
        """Wait until the service can grade.

        Raises:
            Unreachable: it cannot, for as long as the client's ``patience_s`` says; the message has its URL.
        """
        self._client.ready()

    def submit(self, text: Any, tests: Any) -> PendingGrade:
        """Start to grade one text, as soon as it is finished; ``collect`` has its outcome.

        Raises:
            UnknownTests, ValidationError: the tests are none.
        """
        return PendingGrade(self, text_of(text), self._client.submit(self._submission(text, tests)))

    def pending_of(self, pending: Sequence[Any], texts: Sequence[Any]) -> list[PendingGrade | None]:
        """Return what this grader has begun of a batch: None where nothing was submitted, or another text."""
        return [
            each if isinstance(each, PendingGrade) and each.grader is self and each.text == text_of(text) else None
            for each, text in zip(pending, texts, strict=True)
        ]

    def collect(
        self, pending: Sequence[PendingGrade | None], texts: Sequence[Any], tests: Sequence[Any]
    ) -> list[Outcome]:
        """Grade as ``outcomes`` does, and only wait for what ``pending_of`` says was begun.

        Raises:
            RequestRefused, ServiceFault, BadReply, UnknownTests: as ``outcomes``.
        """
        entries = of_rows(lambda row: row[0] or self._submission(*row[1:]), zip(pending, texts, tests, strict=True))
        reports = [each.report if isinstance(each, PendingGrade) else self._client.submit(each) for each in entries]
        return [self._awaited(report) for report in reports]

    def submissions(self, texts: Sequence[Any], tests: Sequence[Any]) -> list[Submission]:
        """Make the submissions of a batch.

        Raises:
            UnknownTests: as ``outcomes``.
        """
        return of_rows(lambda row: self._submission(*row), zip(texts, tests, strict=True))

    def _submission(self, text: Any, tests: Any) -> Submission:
        options = {"policy": self.shape.policy, "detail": self.shape.detail}
        row = read_row(tests)
        common: dict[str, Any] = {**self._program(text), "language": row.language or self.language, **options}
        return Submission(suite_id=row.suite_id, suite=self.suite(row), **common)

    def suite(self, row: RowTests) -> Suite | None:
        """Make the suite of a row, None where it names a stored one. Equal rows share a suite.

        Raises:
            UnknownTests, pydantic.ValidationError: it is none.
        """
        return row.suite(**(self.fields or {})) if row.suite_id is None else None

    def _program(self, text: Any) -> dict[str, str]:
        if self.extract is not None:
            return {"code": self.extract(text_of(text))}
        return {"response": with_thought(self.thought, text_of(text))}

    def _awaited(self, report: Future[Report]) -> Outcome:
        try:
            return self._outcome(report.result())
        except (Unreachable, DeadlineExceeded) as error:
            return Outcome(None, None, error)

    def _judged(self, reports: Sequence[Report | None], error: EvaluatorError | None = None) -> list[Outcome]:
        return [self._outcome(report) if report is not None else Outcome(None, None, error) for report in reports]

    def _outcome(self, report: Report) -> Outcome:
        trust = report.trust
        if trust is not None and trust.bits < self.min_bits:
            requirement = f"min_bits asks for {self.min_bits:g}"
            return Outcome(None, report, WeakSuite(f"the suite has {trust.bits:g} bits, and {requirement}"))
        return Outcome(self.shape(report), report, None)

    @property
    def _client(self) -> EvaluatorClient:
        return self.client or shared_client()


Judge = RewardGrader
"""The earlier name of ``RewardGrader``, which users' scripts import."""
tests_of = read_row
"""The earlier name of ``trainer_client.suites.read_row``, which users' modules import."""


def verdict_shares(outcomes: Sequence[Outcome]) -> dict[str, float]:
    """Return the share of each verdict, also of those that no program got."""
    counts = Counter(outcome.verdict for outcome in outcomes)
    return {verdict.value: counts[verdict.value] / max(len(outcomes), 1) for verdict in Verdict}


def weak_share(outcomes: Sequence[Outcome]) -> float:
    """Return which share of the rewards rests on weak suites; 0 where there are no rewards."""
    rewarded = [outcome for outcome in outcomes if outcome.reward is not None]
    return sum(outcome.weak for outcome in rewarded) / max(len(rewarded), 1)


def relaxed_share(outcomes: Sequence[Outcome]) -> float:
    """Return which share of the accepted programs exact comparison would refuse: their reward rests on what a checker
    forgives. It needs a shape whose ``detail`` is ``tests``; 0 where no program was accepted."""
    accepted = [outcome.report for outcome in outcomes if outcome.report and outcome.verdict == "accepted"]
    relaxed = [any(test.strict is False for test in report.tests) for report in accepted]
    return sum(relaxed) / max(len(relaxed), 1)


@cache
def shared_client() -> EvaluatorClient:
    """Return the process's client, made from the environment."""
    return EvaluatorClient()


def of_rows(make: Callable[[Any], _Result], rows: Iterable[Any], prompts: Sequence[Any] | None = None) -> list[_Result]:
    """Make something of each row of a batch.

    Raises:
        UnknownTests: of one it cannot be made; the message has its place, counted from 0, and its id if it has one,
            else the beginning of its prompt.
    """
    results = []
    for number, row in enumerate(rows):
        try:
            results.append(make(row))
        except UnknownTests as error:
            raise UnknownTests(f"row {number}{_name_of(row, number, prompts)}: {error}") from error
        except ValidationError as error:
            wrong = "; ".join(wrong_fields(error, 3))
            raise UnknownTests(f"row {number}{_name_of(row, number, prompts)}: {wrong}") from error
    return results


def id_columns(columns: Iterable[str]) -> list[str]:
    """Return those columns that identify a row."""
    return [name for name in _ID_COLUMNS if name in columns]


def _name_of(row: Any, number: int, prompts: Sequence[Any] | None) -> str:
    name = next(iter(id_columns(row)), None) if isinstance(row, Mapping) else None
    if name is not None:
        return f" ({name} {row[name]!r})"
    if prompts is None:
        return ""
    prompt = prompts[number]
    text = prompt if isinstance(prompt, str) else "".join(map(_content, prompt))
    return f" (prompt {text[:_PROMPT_CHARACTERS]!r})"


def after_prompt(prompt: Any, completion: Any) -> str:
    """Return a completion's text, inside the thought in which its prompt ends: a prompt as the model sees it, or
    messages of which the last is a beginning of the assistant's."""
    last = prompt if isinstance(prompt, str) else text_of(prompt) if _ends_in_assistant(prompt) else ""
    return with_thought(thought_opened_by(last), text_of(completion))


def _ends_in_assistant(prompt: Any) -> bool:
    return isinstance(prompt, list) and bool(prompt) and _field(prompt[-1], "role") == "assistant"


def text_of(completion: Any) -> str:
    """Return a completion's text: of messages, what the assistant wrote last. No completion is an empty text.

    Raises:
        TypeError: it is neither a string, nor messages, nor None.
    """
    if completion is None or isinstance(completion, str):
        return str(completion or "")
    if isinstance(completion, Mapping):
        return _content(completion)
    if isinstance(completion, bytes) or not isinstance(completion, Iterable):
        raise TypeError(f"a completion is a string or a list of messages, not {type(completion).__name__}")
    written = [message for message in completion if _field(message, "role") == "assistant"]
    return _content(written[-1]) if written else ""


def _content(message: Any) -> str:
    content = _field(message, "content")
    if content is None or isinstance(content, str):
        return str(content or "")
    return "".join(str(_field(part, "text") or "") for part in content)


def _field(of: Any, name: str) -> Any:
    return of.get(name) if isinstance(of, Mapping) else getattr(of, name, None)
