"""One run, from a configuration to a trained model: what ``microcoder train`` does."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from accelerate.utils import broadcast_object_list
from datasets import Dataset
from transformers import TrainerCallback
from transformers.trainer import TRAINER_STATE_NAME
from transformers.trainer_utils import PREFIX_CHECKPOINT_DIR

from evaluator.schema.thoughts import with_thought
from trainer_client.benchmarks.livecodebench import lcb_exact
from trainer_client.blocking import EvaluatorClient
from trainer_client.grpo import problems
from trainer_client.grpo.arguments import arguments_of, evaluation_lengths, longest_completion, require_a_rollout
from trainer_client.grpo.config import BadConfig, ProblemSource, TrainConfig
from trainer_client.grpo.diversity import pair_diversity
from trainer_client.grpo.evaluation import HeldOut
from trainer_client.grpo.mask import truncated
from trainer_client.grpo.problems import Task
from trainer_client.grpo.prompts import fitting, load_tokenizer
from trainer_client.grpo.sampling import Draw, sample
from trainer_client.grpo.streaming import RewardStream
from trainer_client.grpo.temperature import Completion, Probe, choose_temperature, measure
from trainer_client.grpo.trl import MicroCoderTrainer, processes_of
from trainer_client.grpo.trl_internals import end_ids_of, thoughts_of, tokenizer_of
from trainer_client.rewards.judge import RewardGrader
from trainer_client.rewards.shapes import shape_of
from trainer_client.rewards.trl import CodeReward

ServiceFactory = Callable[[], AbstractContextManager[str]]
"""Starts a service for the run, and yields its URL."""
FINAL = "final"
"""The folder in the run's folder that the trained model goes to."""


def train(
    config: TrainConfig, service: ServiceFactory, *, resume: bool = False, watcher: Any = None
) -> dict[str, float]:
    """Train, evaluate, save. With several processes each of them calls this.

    Args:
        service: is asked in one process where the configuration names no URL.
        resume: go on from the last checkpoint in ``trainer.output_dir``; with none there, begin.
        watcher: a callback of transformers' with a method ``on_rollout`` (``diagnosis.live.LiveAlarms``).
    Returns:
        the last evaluation's figures; empty without one, and in all processes but the first.
    Raises:
        BadConfig: keys, values or data are wrong.
        EvaluatorError: the service refuses, or fails.
        TrlChanged, NoVerdicts: as ``MicroCoderTrainer``.
        NoTemperature: the probe finds none.
    """
    arguments = arguments_of(config)
    folder = Path(arguments.output_dir)
    checkpoint = last_checkpoint(folder, arguments.world_size)
    if checkpoint is not None and not resume:
        raise BadConfig(f"{folder} holds {checkpoint.name} of another run: resume it, or choose another folder")
    tokenizer = load_tokenizer(config)
    tasks = _problems(config, "train", longest_completion(config, arguments), tokenizer)
    lengths = evaluation_lengths(config, arguments)
    held_out = _problems(config, "evaluation", max(lengths), tokenizer)
    require_a_rollout(arguments, len(tasks))
    if both := {task.id for task in tasks} & {task.id for task in held_out}:
        raise BadConfig(f"{len(both)} problems are trained on and held out, such as {min(both)!r}")
    folder.mkdir(parents=True, exist_ok=True)
    with _service(config, arguments, service) as url, EvaluatorClient(url) as client:
        client.ready()  # before the model is loaded, and generates
        trainer = _trainer(config, arguments, tasks, client, tokenizer, watcher)
        judge = RewardGrader.of(client, "binary", config.reward.language, config.reward.suite_fields)
        if config.temperature == "probe":
            trainer.add_callback(_ProbeFirst(lambda: trainer.start_at(_probed(trainer, config, tasks, judge, folder))))
        evaluation = None
        if held_out:
            evaluation = HeldOut(trainer, held_out, examiner_of(config, judge), config.evaluation, lengths, folder)
            trainer.add_callback(evaluation)
        trainer.train(resume_from_checkpoint=checkpoint and str(checkpoint))
        trainer.save_model(str(folder / FINAL))
        trainer.save_state()
        trainer.accelerator.wait_for_everyone()
    # A process that ends with its connections open may abort those that are still at theirs.
    trainer.accelerator.end_training()
    return evaluation.last if evaluation is not None else {}


def _problems(config: TrainConfig, part: str, length: int, tokenizer: Any) -> list[Task]:
    """The problems of a part of the data, each with room for a completion.

    Raises:
        BadConfig: as ``problems.read``, or prompts leave no room.
    """
    source: ProblemSource | None = getattr(config.data, part)
    if source is None:
        return []
    return fitting(part, problems.read(source), length, tokenizer, config)


def examiner_of(config: TrainConfig, judge: RewardGrader) -> RewardGrader:
    """The grader of held-out problems: LiveCodeBench's find programs by its own rule, so that scores compare."""
    source = config.data.evaluation
    if source is not None and source.format == "livecodebench" and not config.evaluation.tolerant:
        return replace(judge, extract=lcb_exact)
    return judge


class _ProbeFirst(TrainerCallback):  # type: ignore[misc]  # Any to the checker
    """Chooses the temperature before the first step: only then is the model where it is trained."""

    def __init__(self, choose: Callable[[], None]) -> None:
        self._choose = choose

    def on_train_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Begin, as a ``TrainerCallback`` does."""
        self._choose()


def last_checkpoint(folder: Path, processes: int) -> Path | None:
    """The last checkpoint in a run's folder that is whole: a run that is killed while it writes one leaves a part.

    Raises:
        BadConfig: another number of processes saved it, or there are only checkpoints of another trainer. The run
            cannot go on from them, and would write over them.
    """
    checkpoints = sorted(folder.glob(f"{PREFIX_CHECKPOINT_DIR}-[0-9]*"), key=_step)
    whole = [each for each in checkpoints if processes_of(each)]
    if whole:
        if (saved := processes_of(whole[-1])) != processes:
            raise BadConfig(
                f"{folder} holds {whole[-1].name}, saved by {saved} processes, and this run has {processes}: start as "
                "many, or choose another folder"
            )
        return whole[-1]
    if others := [each for each in checkpoints if (each / TRAINER_STATE_NAME).exists()]:
        raise BadConfig(
            f"{folder} holds {others[-1].name}, which this trainer did not save, or not to its end: remove it, or "
            "choose another folder"
        )
    return None


def _step(checkpoint: Path) -> int:
    return int(checkpoint.name.rpartition("-")[2])


@contextmanager
def _service(config: TrainConfig, arguments: Any, service: ServiceFactory) -> Iterator[str]:
    """Yield the URL of the judging service, in every process."""
    if config.service.url is not None:
        yield config.service.url
        return
    state = arguments.distributed_state
    if state is None or state.num_processes == 1:
        with service() as url:
            yield url
        return
    if state.local_process_index != state.process_index:
        raise BadConfig("service.url: is needed where processes run on several machines")
    if state.is_main_process:
        with service() as url:
            broadcast_object_list([url])
            yield url
            state.wait_for_everyone()
    else:
        engines = [""]
        broadcast_object_list(engines)
        yield engines[0]
        state.wait_for_everyone()


def _trainer(
    config: TrainConfig, arguments: Any, tasks: list[Task], client: EvaluatorClient, tokenizer: Any, watcher: Any = None
) -> Any:
    options = config.reward
    # Each test's report is asked for: the metric "relaxed" says how much reward rests on what a checker forgives.
    shape = replace(shape_of(options.shape), detail="tests")
    reward = CodeReward(
        client=client,
        shape=shape,
        language=options.language,
        column="suite",
        on_error=options.on_error,
        suite_fields=options.suite_fields,
        min_bits=options.min_bits,
        give_up_after=options.give_up_after,
    )
    return MicroCoderTrainer(
        config.model,
        args=arguments,
        train_dataset=Dataset.from_list([{"prompt": task.prompt, "suite": task.tests} for task in tasks]),
        reward_funcs=[reward],
        rollout_func=RewardStream(reward) if options.stream else None,
        processing_class=tokenizer,
        peft_config=_adapter(config),
        preset=config.algorithm(),
        schedule=config.scheduled(),
        stages=config.staged(),
        mask_seed=arguments.seed,
        diversity_prefix=config.diversity_prefix,
        on_rollout=watcher and watcher.on_rollout,
        callbacks=watcher and [watcher],
    )


def _adapter(config: TrainConfig) -> Any:
    if config.lora is None:
        return None
    from peft import LoraConfig

    lora = config.lora
    modules = lora.target_modules if isinstance(lora.target_modules, str) else list(lora.target_modules)
    return LoraConfig(
        task_type="CAUSAL_LM", r=lora.rank, lora_alpha=lora.alpha, lora_dropout=lora.dropout, target_modules=modules
    )


def _probed(trainer: Any, config: TrainConfig, tasks: list[Task], judge: RewardGrader, folder: Path) -> float:
    """T(D) of the model to start from; a run that is resumed finds it in ``probe.json``.

    Raises:
        NoTemperature: none fulfils the rule.
    """
    file, settings = folder / "probe.json", config.probe
    if file.exists():
        return float(json.loads(file.read_text())["temperature"])
    chosen = tasks[: settings.problems]
    probes = [_probe(trainer, config, chosen, judge, temperature) for temperature in settings.temperatures]
    temperature = choose_temperature(probes, diversity=settings.diversity)
    if trainer.accelerator.is_main_process:
        rows = [{name: getattr(each, name) for name in Probe.__dataclass_fields__} for each in probes]
        file.write_text(json.dumps({"temperature": temperature, "probes": rows}))
    trainer.accelerator.wait_for_everyone()
    return temperature


def _probe(trainer: Any, config: TrainConfig, tasks: list[Task], judge: RewardGrader, temperature: float) -> Probe:
    size, length = config.probe.samples, trainer.max_completion_length
    prompts = [task.prompt for task in tasks for _ in range(size)]
    written = sample(trainer, prompts, Draw(length, temperature, seed=trainer.args.seed))
    verdicts: list[list[str]] = [[]]
    if trainer.accelerator.is_main_process:
        decoded = tokenizer_of(trainer).batch_decode(written, skip_special_tokens=True)
        texts = list(map(with_thought, thoughts_of(trainer, prompts), decoded))
        verdicts[0] = [
            each.verdict for each in judge.outcomes(texts, [task.tests for task in tasks for _ in range(size)])
        ]
    broadcast_object_list(verdicts)
    completions = [
        Completion(ids, verdict, truncated(ids, length, end_ids_of(trainer)))
        for ids, verdict in zip(written, verdicts[0], strict=True)
    ]
    groups = [completions[start : start + size] for start in range(0, len(completions), size)]
    return measure(temperature, groups, diversity=lambda each: pair_diversity(each, prefix=config.diversity_prefix))
