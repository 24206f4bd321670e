"""Submissions in folders named by verdict, and what ``submissions.yaml`` and tags in sources say of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from trainer_client.packages.files import PackageFault, PackageFiles
from trainer_client.packages.package import FAILURES, Demand, PackageSubmission, by_label, verdicts
from trainer_client.packages.programs import MAIN_NAMES, has_scripts, language_of, program_of, unoffered
from trainer_client.packages.yaml_file import mapping, read_yaml, words

_CRASHES, _ENDLESS = verdicts("RTE"), verdicts("TLE", "OLE")
LEGACY = by_label(
    Demand("accepted", permitted=verdicts("AC"), overall=verdicts("AC")),
    Demand("slow_accepted", permitted=verdicts("AC"), overall=verdicts("AC")),
    Demand("partially_accepted", partial=True),
    Demand("wrong_answer", permitted=verdicts("AC", "WA"), required=verdicts("WA")),
    Demand("time_limit_exceeded", permitted=verdicts("AC", "WA", "TLE", "OLE"), required=_ENDLESS),
    Demand("run_time_error", required=_CRASHES),
    Demand("runtime_error", required=_CRASHES),
    Demand("memory_limit_exceeded", required=verdicts("MLE")),
    Demand("output_limit", required=verdicts("OLE")),
    Demand("output_limit_exceeded", required=verdicts("OLE")),
    Demand("compiler_error", overall=verdicts("CE")),
    Demand("compile_error", overall=verdicts("CE")),
    Demand("rejected", required=verdicts(*FAILURES)),
)
"""Folders of the legacy format, and those that DOMjudge, BAPCtools and others add. Who writes without end gets to the
limit of output here, and to that of time where output is cut off or not limited."""
DRAFT = LEGACY | by_label(
    Demand("time_limit_exceeded", permitted=verdicts("AC", "TLE", "OLE"), required=_ENDLESS),
    Demand("run_time_error", permitted=verdicts("AC", "RTE"), required=_CRASHES),
    Demand("brute_force", permitted=verdicts("AC", "RTE", "TLE"), required=verdicts("RTE", "TLE")),
)
"""Folders of 2023-07."""
_TAG = re.compile(r"@EXPECTED_RESULTS@:\s*([\w, -]+)")
_TAG_KINDS = {
    "CORRECT": "AC", "ACCEPTED": "AC", "WRONG-ANSWER": "WA", "WRONG_ANSWER": "WA", "NO-OUTPUT": "WA",
    "TIMELIMIT": "TLE", "TIME_LIMIT_EXCEEDED": "TLE", "RUN-ERROR": "RTE", "RUN_TIME_ERROR": "RTE",
    "COMPILER-ERROR": "CE", "OUTPUT-LIMIT": "OLE", "MEMORY-LIMIT": "MLE",
}  # fmt: skip
"""Results as DOMjudge calls them."""
_DEMANDS = ("permitted", "required", "score")
_NO_DEMANDS = {"language", "entrypoint", "authors", "model_solution", "use_for_time_limit", "message", *_DEMANDS}
_OUT_OF_USE = (".disabled", ".template")
_BRACES = re.compile(r"\{([^{}]*)\}")
_MAX_PATTERNS, _MAX_STARS = 256, 6
LANGUAGE_CODES = {"python3": "python", "javascript": "javascript", "cpp": "cpp", "c": "c", "java": "java"}
"""Languages of the service by the codes of the format; other codes are their names."""


def read_submissions(files: PackageFiles, legacy: bool) -> Iterator[PackageSubmission]:
    """Yield the submissions of a package, in order.

    Raises:
        PackageFault: ``submissions.yaml`` cannot be read.
    """
    folder = files.below("submissions")
    rules = _Rules(read_yaml(folder, "submissions.yaml") if "submissions.yaml" in folder else {}, legacy)
    for verdict in folder.folders():
        programs = folder.below(verdict)
        for name in sorted({*programs.direct(), *programs.folders()}):
            if name.startswith("."):
                continue
            path = f"{verdict}/{name}"
            parts = programs.below(name) if name not in programs else None
            yield _submission(path, verdict, programs, name, parts, rules)


def _submission(
    path: str, verdict: str, programs: PackageFiles, name: str, parts: PackageFiles | None, rules: _Rules
) -> PackageSubmission:
    if name.endswith(_OUT_OF_USE):
        return PackageSubmission(path, obstacle="its author has taken it out of use, by its name")
    if parts is not None:
        return _folder_submission(path, verdict, parts, rules)
    language = rules.language(path) or language_of(name)
    if language is None:
        return PackageSubmission(path, obstacle=f"its language is not known ({name})")
    text = programs.text(name)
    if obstacle := unoffered(name, text):
        return PackageSubmission(path, obstacle=obstacle)
    return PackageSubmission(path, language, text, tuple(_demands_of(path, verdict, text, rules)))


def _folder_submission(path: str, verdict: str, parts: PackageFiles, rules: _Rules) -> PackageSubmission:
    if has_scripts(parts):
        return PackageSubmission(path, obstacle="it has a build or run script, which only judges' programs may have")
    try:
        program = program_of(parts, path)
    except PackageFault as fault:
        return PackageSubmission(path, obstacle=str(fault))
    files = _started_at(rules.value(path, "entrypoint"), program["files"])
    language, text = rules.language(path) or program["language"], "\n".join(files.values())
    demands = tuple(_demands_of(path, verdict, text, rules))
    if len(files) == 1:
        return PackageSubmission(path, language, text, demands)
    return PackageSubmission(path, language, demands=demands, files=files)


def _started_at(entry: str | None, files: Mapping[str, str]) -> Mapping[str, str]:
    """Return a program's files so that it starts with one of them: the first, and that with a language's main name."""
    if entry is None or entry not in files:
        return files
    main = next(
        (name for name in MAIN_NAMES if name in files and name.rpartition(".")[2] == entry.rpartition(".")[2]), ""
    )
    return {entry: files[entry], **files, **({main: files[entry]} if main else {})}


def _demands_of(path: str, verdict: str, text: str, rules: _Rules) -> Iterator[Demand]:
    tag = _TAG.search(text)
    if tag is not None:
        names = [each.strip().upper() for each in tag[1].split(",")]
        if all(each in _TAG_KINDS for each in names):
            kinds = {_TAG_KINDS[each] for each in names}
            yield Demand(tag[1].strip(), overall=verdicts(*kinds, *(("OLE",) if "TLE" in kinds else ())))
        return  # another word, such as CHECK-MANUALLY, asks for nothing
    yield from rules.of(path, verdict)


class _Rules:
    """The demands of ``submissions.yaml``, over those that the folders' names make."""

    def __init__(self, facts: Mapping[str, Any], legacy: bool) -> None:
        self._folders = LEGACY if legacy else DRAFT
        where = "submissions.yaml"
        self._patterns = [(glob(key), key, mapping(value, f"{where}: {key}")) for key, value in facts.items()]
        for _, key, value in self._patterns:
            list(_demands(key, value, None))  # also where no submission is meant

    def language(self, path: str) -> str | None:
        """Return the language that the file gives a submission, None if it gives none."""
        code = self.value(path, "language")
        return None if code is None else LANGUAGE_CODES.get(code, code)

    def value(self, path: str, key: str) -> str | None:
        """Return a fact of a submission, None if the file has none."""
        return next((str(value[key]) for covers, _, value in self._patterns if key in value and covers(path)), None)

    def of(self, path: str, verdict: str) -> Iterator[Demand]:
        """Yield what is expected of a submission in a folder."""
        default = self._folders.get(verdict)
        replaced = next((value for _, key, value in self._patterns if key == verdict), None)
        if default is not None:
            yield default if replaced is None else _over(default, replaced)
        for covers, key, value in self._patterns:
            if covers(path) and not (key == verdict and default is not None):
                yield from _demands(key, value, None)
            if covers(path):
                for tests, inner in value.items():
                    if tests not in _NO_DEMANDS:
                        yield from _demands(f"{key}: {tests}", mapping(inner, f"submissions.yaml: {key}"), glob(tests))


def _over(default: Demand, value: Mapping[str, Any]) -> Demand:
    """Return a folder's default with what the file says instead."""
    own = next(_demands(default.label, value, None), None)
    if own is None:
        return default
    return Demand(
        default.label,
        permitted=own.permitted or default.permitted,
        required=own.required or default.required,
        score=own.score,
        partial=default.partial and own.score is None,
    )


def _demands(label: str, value: Mapping[str, Any], covers: Callable[[str], bool] | None) -> Iterator[Demand]:
    if any(demand in value for demand in _DEMANDS):
        if "score" in value and covers is not None:
            raise PackageFault(f"submissions/submissions.yaml: {label}: score: a report has no score of a group")
        yield Demand(
            label,
            permitted=_kinds(value.get("permitted"), label),
            required=_kinds(value.get("required"), label),
            score=_score(value.get("score"), label),
            covers=covers,
        )


def _kinds(value: Any, label: str) -> Any:
    if value is None:
        return None
    try:
        return verdicts(*words(value, f"submissions.yaml: {label}"))
    except KeyError as error:
        raise PackageFault(f"submissions/submissions.yaml: {label}: {error} is no verdict: AC, WA, TLE, RTE") from error


def _score(value: Any, label: str) -> tuple[float, float] | None:
    if value is None:
        return None
    ends = value if isinstance(value, list) else [value, value]
    if len(ends) != 2 or not all(isinstance(end, int | float) for end in ends):
        raise PackageFault(f"submissions/submissions.yaml: {label}: score: must be a number, or two")
    return float(ends[0]), float(ends[1])


def glob(pattern: str) -> Callable[[str], bool]:
    """Return a function that tells whether a path, or a folder that it lies in, matches a pattern: ``*`` and ``?``
    within a name, ``{a,b}`` for either."""
    expressions = [re.compile(_expression(each)) for each in _alternatives(pattern)]
    return lambda path: any(expression.match(path) is not None for expression in expressions)


def _expression(pattern: str) -> str:
    parts = (("[^/]*" if each == "*" else "[^/]" if each == "?" else re.escape(each)) for each in _squeezed(pattern))
    return f"{''.join(parts)}(?:/|$)"


def _squeezed(pattern: str) -> str:
    """Return a pattern without stars that follow stars, which mean nothing more and cost much."""
    return re.sub(r"\*+", "*", pattern)


def _alternatives(pattern: str) -> list[str]:
    """Return the patterns without braces that a pattern stands for."""
    if pattern.count("*") > _MAX_STARS:
        raise PackageFault(f"submissions/submissions.yaml: {pattern[:80]!r} has more than {_MAX_STARS} stars")
    pending = [pattern]
    plain: list[str] = []
    while pending and len(pending) + len(plain) <= _MAX_PATTERNS:
        each = pending.pop()
        if (match := _BRACES.search(each)) is None:
            plain.append(each)
        else:
            pending += [
                each[: match.start()] + part + each[match.end() :] for part in map(str.strip, match[1].split(","))
            ]
    if pending:
        raise PackageFault(f"submissions/submissions.yaml: {pattern[:80]!r} stands for too many patterns")
    return plain
