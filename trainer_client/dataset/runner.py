"""Run a stage over problems: in threads, in any order, and still with one outcome.

Each problem's outcome goes to the stage's journal under its key before it counts as done. Parts are written from the
journal, sorted by id, so neither threads nor interruptions show in them.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from hashlib import sha256
from typing import Any

from trainer_client.dataset import collect
from trainer_client.dataset.config import CollectConfig
from trainer_client.dataset.files import RunError
from trainer_client.dataset.journal import KeyedJournal
from trainer_client.dataset.row import Problem, Rejection
from trainer_client.dataset.stage import Context, Problems, Progress, SetStage, Stage, StageCount
from trainer_client.dataset.stage_folder import Outcomes, StageFolder, key_of, rejected_among, to_rows
from trainer_client.errors import EvaluatorError

SUITE_BYTES_IN_FLIGHT = 96 * 2**20
"""Problems whose suites are larger together wait for each other: a suite takes several times its bytes in memory."""
_QUEUE_PER_THREAD = 2
UNVERIFIED = "unverified"
"""The quarantine of problems that the service failed over."""


def run_collect(
    config: CollectConfig, key: str, folder: StageFolder, context: Context, progress: Progress
) -> StageCount:
    """Read all sources.

    Raises:
        BadSource: a source cannot be read; rows before are kept.
        DiskFull: there is no room.
    """
    with KeyedJournal(folder.journal) as journal:
        outcomes, first, total = Outcomes(collect.NAME, journal), dict[str, str](), 0
        progress.begin(collect.NAME, None, 0)
        for row in collect.rows(config):
            total += 1
            identity = row.source.model_dump(mode="json", exclude={"files", "limit"})
            row_key = key_of(collect.NAME, collect.VERSION, identity, row.number, row.record.digest)
            if row_key not in journal:
                journal.write(row_key, to_rows(collect.read(row, context.suites)))
            rows = journal.get(row_key)
            name = rows[0]["id"]
            if "reason" not in rows[0] and name in outcomes:
                evidence = {"where": row.record.where, "first": first[name]}
                outcomes.reject(Rejection(name, collect.NAME, "duplicate_id", evidence))
            else:
                first[name] = row.record.where
                outcomes.add(row_key)
            progress.advance(rejected_among(rows))
        return folder.complete(collect.NAME, key, total, outcomes)


def run_stage(
    stage: Stage, settings: Any, key: str, problems: Problems, folder: StageFolder, context: Context, progress: Progress
) -> StageCount:
    """Apply a stage to each problem.

    Raises:
        RunError: the stage failed over a problem; what is done is kept.
        EvaluatorError: the service cannot be asked.
    """
    with KeyedJournal(folder.journal) as journal:
        keys = [key_of(stage.name, stage.version, settings, each.digest()) for each in problems]
        open_keys = {each for each in keys if not _is_final(journal.get(each))}
        progress.begin(stage.name, len(keys), sum(each not in open_keys for each in keys))
        pending = ((each, problem) for each, problem in zip(keys, problems, strict=True) if each in open_keys)
        _apply_all(stage, pending, journal, context, progress)
        outcomes = Outcomes(stage.name, journal)
        for each in keys:
            outcomes.add(each)
        count = folder.complete(stage.name, key, len(keys), outcomes)
        journal.compact(keys)
        return count


def run_set_stage(
    stage: SetStage, key: str, problems: Problems, folder: StageFolder, context: Context, progress: Progress
) -> StageCount:
    """Apply a stage to the whole set. Its outcomes are spooled to disk, not held; a stage that was interrupted begins
    anew, with the service's answers at hand.

    Raises:
        RunError: an outcome is missing, or there are two for one problem.
    """
    folder.journal.unlink(missing_ok=True)
    expected = {problem.id for problem in problems}
    progress.begin(stage.name, len(expected), 0)
    with KeyedJournal(folder.journal) as journal:
        outcomes = Outcomes(stage.name, journal)
        for outcome in stage.apply_all(problems, context):
            if outcome.id not in expected:
                raise RunError(
                    f"{stage.name}: an outcome for {outcome.id!r}, which is no problem of the set or has one"
                )
            expected.discard(outcome.id)
            each = sha256(outcome.id.encode()).hexdigest()
            journal.write(each, to_rows(outcome))
            outcomes.add(each)
            progress.advance(int(isinstance(outcome, Rejection)))
        if expected:
            raise RunError(f"{stage.name}: no outcome for {len(expected)} problems, such as {min(expected)!r}")
        return folder.complete(stage.name, key, len(problems), outcomes)


def _is_final(rows: Any) -> bool:
    """Tell whether an outcome is final. One with a failure of the service is tried again by the next run."""
    return rows is not None and not any(UNVERIFIED in row.get("quarantine", ()) for row in rows)


def _apply_all(
    stage: Stage, pending: Iterator[tuple[str, Problem]], journal: KeyedJournal, context: Context, progress: Progress
) -> None:
    threads = context.config.service.concurrency
    running: dict[Future[list[dict[str, Any]]], tuple[str, Problem]] = {}
    with ThreadPoolExecutor(threads, thread_name_prefix=stage.name) as pool:
        try:
            for key, problem in pending:
                while running and _is_full(running.values(), problem, threads * _QUEUE_PER_THREAD):
                    _finish_some(stage, running, journal, progress)
                running[pool.submit(lambda one=problem: to_rows(stage.apply(one, context)))] = key, problem  # type: ignore[misc]
            while running:
                _finish_some(stage, running, journal, progress)
        except BaseException:
            for future in running:
                future.cancel()
            raise


def _is_full(running: Any, problem: Problem, most: int) -> bool:
    size = sum(each.suite_bytes for _, each in running) + problem.suite_bytes
    return len(running) >= most or size > SUITE_BYTES_IN_FLIGHT


def _finish_some(
    stage: Stage,
    running: dict[Future[list[dict[str, Any]]], tuple[str, Problem]],
    journal: KeyedJournal,
    progress: Progress,
) -> None:
    """Wait for a problem and write down what became of it."""
    finished, _ = wait(running, return_when=FIRST_COMPLETED)
    failure: BaseException | None = None
    for future in finished:
        key, problem = running.pop(future)
        error = future.exception()
        if error is None:
            rows = future.result()
            journal.write(key, rows)
            progress.advance(rejected_among(rows))
        elif failure is None:
            failure = _as_run_error(error, stage, problem)
    if failure is not None:
        raise failure


def _as_run_error(error: BaseException, stage: Stage, problem: Problem) -> BaseException:
    """The error as the user sees it, with the problem's name."""
    error.add_note(f"stage {stage.name}, problem {problem.id}")
    if isinstance(error, RunError | EvaluatorError | OSError):
        return error
    run_error = RunError(
        f"{stage.name}: problem {problem.id}: {type(error).__name__}: {error}. The problems before it are kept"
    )
    run_error.__cause__ = error
    return run_error
