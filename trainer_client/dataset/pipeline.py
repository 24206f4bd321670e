"""The pipeline of a run: stages in order, each with the parts of the one before as its input, none done twice.

    from trainer_client.dataset.config import read_config
    from trainer_client.dataset.pipeline import Pipeline

    Pipeline(read_config(Path("dataset.yaml")), service).run(until="verify")

``service`` is a context manager that starts a service or connects to one; its value is the URL.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Sequence
from contextlib import ExitStack, nullcontext
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from typing import Any

from trainer_client.dataset import collect
from trainer_client.dataset.config import DatasetConfig
from trainer_client.dataset.files import RunError, exclusive, new_folder, sha256_of, write_whole
from trainer_client.dataset.judge import Service, ServiceJudge
from trainer_client.dataset.lock import InputHashes, read_lock, settings_of, write_lock
from trainer_client.dataset.parts import ProblemFiles, write_problems, write_rejections
from trainer_client.dataset.row import Json, Problem, Rejection
from trainer_client.dataset.runner import UNVERIFIED, run_collect, run_set_stage, run_stage
from trainer_client.dataset.stage import (
    Context,
    Output,
    Problems,
    Progress,
    RunView,
    SetStage,
    Silence,
    Stage,
    StageCount,
)
from trainer_client.dataset.stage_folder import StageFolder, key_of
from trainer_client.dataset.store import SuiteFiles

_STAGES = {
    "process": "trainer_client.dataset.process:ProcessStage",
    "verify": "trainer_client.dataset.verify:VerifyStage",
    "deduplicate": "trainer_client.dataset.deduplicate:DeduplicateStage",
    "decontaminate": "trainer_client.dataset.decontaminate:DecontaminateStage",
    "filter": "trainer_client.dataset.filter:FilterStage",
}
_OUTPUTS = {"export": "trainer_client.dataset.export:ExportOutput", "card": "trainer_client.dataset.card:CardOutput"}
STAGES = (collect.NAME, *_STAGES)
STEPS = (*STAGES, *_OUTPUTS)
"""The steps of a run, in order."""
MANIFEST, REJECTED, VERDICTS, ANSWERS = "manifest.json", "rejected.parquet", "verdicts.jsonl", "llm.jsonl"
OUTPUTS = "outputs.json"
"""The file that names what the data set's folder was written from."""


def stage_folder(config: DatasetConfig, name: str) -> StageFolder:
    """Return the folder of a stage's files."""
    return StageFolder(config.run / f"{STAGES.index(name) + 1:02d}-{name}")


class Pipeline:
    """A data set's run. Completed work is not repeated. Two runs with the same configuration, inputs and answers write
    the same bytes.

    Args:
        service: the service that judges programs; by default the one at ``config.service.url``.
        command: the command that makes the data set, for the card.
    """

    def __init__(
        self,
        config: DatasetConfig,
        service: Service | None = None,
        *,
        progress: Progress | None = None,
        command: Sequence[str] = (),
    ) -> None:
        self._config = config
        self._service = service or _named_service(config)
        self._progress = progress or Silence()
        self._command = tuple(command)
        self._suites = SuiteFiles(config.run / "suites")
        self._hashes = InputHashes(read_lock(config.run).get("inputs", {}))

    def run(self, until: str = STEPS[-1]) -> list[StageCount]:
        """Run all steps up to and including ``until``. Return the funnel.

        Raises:
            RunError: it cannot go on; the message says why, and completed work is kept.
            EvaluatorError: the service cannot be reached, or refuses a request.
        """
        if until not in STEPS:
            raise RunError(f"there is no step {until!r}; the steps are {', '.join(STEPS)}")
        steps = STEPS[: STEPS.index(until) + 1]
        _check_files(self._config, steps)
        with exclusive(self._config.run), ExitStack() as stack:
            judge = ServiceJudge(self._service, self._config.service, self._config.run / VERDICTS)
            stack.callback(judge.close)
            model = _language_model(self._config)
            if model is not None:
                stack.callback(model.close)
            context = Context(self._config, self._suites, judge, model)
            try:
                funnel = self._run_stages(steps, context)
            finally:
                self._write_lock(steps, judge.engine)
            if outputs := [step for step in steps if step in _OUTPUTS]:
                self._write_outputs(outputs, funnel)
            return funnel

    def _run_stages(self, steps: Sequence[str], context: Context) -> list[StageCount]:
        funnel: list[StageCount] = []
        digest = ""
        for name in steps:
            if name not in STAGES:
                break
            folder = stage_folder(self._config, name)
            funnel.append(self._run_one(name, digest, folder, context))
            done = folder.done()
            assert done is not None  # it has just been completed
            digest = str(done["digest"])
            write_rejections(self._rejections(funnel), self._config.run / REJECTED)
        return funnel

    def _run_one(self, name: str, digest: str, folder: StageFolder, context: Context) -> StageCount:
        config, progress = self._config, self._progress
        stage = None if name == collect.NAME else load_step(name)
        section = config.collect if stage is None else stage.settings(config)
        version = collect.VERSION if stage is None else stage.version
        settings = [settings_of(section, self._hashes), self._model_settings(name)]
        key = key_of(name, version, settings, digest)
        count = folder.count()
        done = folder.done()
        if count is None or done is None or done["key"] != key or UNVERIFIED in count.quarantine:
            if stage is None:
                count = run_collect(config.collect, key, folder, context, progress)
            else:
                problems = stage_folder(config, STAGES[STAGES.index(name) - 1]).problems
                if hasattr(stage, "apply_all"):
                    count = run_set_stage(stage, key, problems, folder, context, progress)
                else:
                    count = run_stage(stage, settings, key, problems, folder, context, progress)
        progress.end(name, count.problems_out, sum(count.rejections.values()))
        return count

    def _model_settings(self, name: str) -> Any:
        """Return the settings of the language model that are part of a stage's key, since answers depend on them."""
        llm = self._config.llm
        if llm is None or name == collect.NAME or (name == "process" and not llm.steps & {"translate", "normalise"}):
            return None
        return settings_of(llm.model_copy(update={"url": "", "key_variable": ""}), self._hashes)

    def _rejections(self, funnel: Sequence[StageCount]) -> list[Rejection]:
        return [each for count in funnel for each in stage_folder(self._config, count.name).rejections()]

    def _write_lock(self, steps: Sequence[str], engine: str) -> None:
        known = read_lock(self._config.run).get("engines", [])
        engines = sorted({*known, *([engine] if engine else [])})
        versions = {name: collect.VERSION if name == collect.NAME else load_step(name).version for name in steps}
        write_lock(self._config, self._hashes, versions, engines)

    def _write_outputs(self, names: Sequence[str], funnel: Sequence[StageCount]) -> None:
        problems = stage_folder(self._config, STAGES[-1]).problems
        lock = read_lock(self._config.run)
        lock = {**lock, "inputs": _without_times(lock["inputs"]), "command": shlex.join(self._command)}
        key = self._outputs_key(names, funnel, lock)
        if self._written() != key:
            with new_folder(self._config.dataset) as folder:
                (folder / "data").mkdir()
                write_problems(filter(self._is_admitted, problems), folder / "data")
                for name in names:
                    self._progress.begin(name, None, 0)
                    self._write_output(name, folder, problems, funnel, lock)
                digest = write_manifest(folder)
            write_whole(self._config.run / OUTPUTS, json.dumps({"key": key, "sha256": digest}).encode() + b"\n")
        for name in names:
            self._progress.end(name, len(problems), 0)

    def _write_output(
        self, name: str, folder: Path, problems: Problems, funnel: Sequence[StageCount], lock: Json
    ) -> None:
        rejections, digest = self._rejections(funnel), _files_digest(folder)
        view = RunView(self._config, self._suites, problems, rejections, funnel, lock, digest)
        load_step(name).write(view, folder)

    def _outputs_key(self, names: Sequence[str], funnel: Sequence[StageCount], lock: Json) -> str:
        outputs = [load_step(name) for name in names]
        settings = [settings_of(each.settings(self._config), self._hashes) for each in outputs]
        digests = [(stage_folder(self._config, count.name).done() or {})["digest"] for count in funnel]
        return key_of([[each.name, each.version] for each in outputs], settings, digests, lock)

    def _written(self) -> str:
        """Return the key of the existing data set; "" if there is none, or if its files were changed."""
        try:
            mark = json.loads((self._config.run / OUTPUTS).read_bytes())
        except FileNotFoundError:
            return ""
        whole = self._config.dataset.exists() and _files_digest(self._config.dataset) == mark["sha256"]
        return str(mark["key"]) if whole else ""

    def _is_admitted(self, problem: Problem) -> bool:
        return self._config.export.admits(problem.license)


def load_step(name: str) -> Any:
    """Load a stage or output by its name, with the packages that it needs."""
    module, _, kind = (_STAGES | _OUTPUTS)[name].partition(":")
    step: Stage | SetStage | Output = getattr(import_module(module), kind)()
    return step


def _check_files(config: DatasetConfig, steps: Sequence[str]) -> None:
    """Check that the files which later steps read exist: they are missed now, not after hours."""
    benchmarks = [file for each in config.decontaminate.benchmarks for file in each.files]
    needed = {"decontaminate": ("benchmarks", benchmarks), "filter": ("pass_rates", config.filter.pass_rates)}
    for step, (key, files) in needed.items():
        missing = [file for file in files if step in steps and not file.exists()]
        if missing:
            raise RunError(f"{step}.{key}: {missing[0]} does not exist")


def _without_times(inputs: Json) -> Json:
    return {name: {part: each[part] for part in ("sha256", "bytes")} for name, each in inputs.items()}


def write_manifest(folder: Path) -> str:
    """Write ``manifest.json`` with the hash and size of every other file. Return the hash of all."""
    files = {name: {"sha256": digest, "bytes": (folder / name).stat().st_size} for name, digest in _file_hashes(folder)}
    digest = _files_digest(folder)
    content = {"sha256": digest, "files": files}
    write_whole(folder / MANIFEST, json.dumps(content, indent=1, sort_keys=True).encode() + b"\n")
    return digest


def _file_hashes(folder: Path) -> list[tuple[str, str]]:
    files = sorted(each for each in folder.rglob("*") if each.is_file() and each.name != MANIFEST)
    return [(str(each.relative_to(folder)), sha256_of(each)) for each in files]


def _files_digest(folder: Path) -> str:
    return sha256(json.dumps(_file_hashes(folder)).encode()).hexdigest()


def _named_service(config: DatasetConfig) -> Service:
    def named() -> nullcontext[str]:
        if config.service.url is None:
            raise RunError("there is no service: set service.url, or use microcoder dataset run, which starts one")
        return nullcontext(config.service.url)

    return named


def _language_model(config: DatasetConfig) -> Any:
    if config.llm is None:
        return None
    return import_module("trainer_client.dataset.llm").CachedModel(config.llm, config.run / ANSWERS)


__all__ = ["STAGES", "STEPS", "Pipeline", "ProblemFiles", "RunError", "load_step", "stage_folder", "write_manifest"]
