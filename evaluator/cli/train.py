"""``microcoder train``: a configuration in, a trained model out; the work is ``trainer_client.grpo.training``'s."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evaluator.cli.errors import BadInput, CommandFailed, missing_package
from evaluator.cli.service import service as service_at
from trainer_client.diagnosis.metrics import RunFacts
from trainer_client.errors import EvaluatorError

if TYPE_CHECKING:
    from trainer_client.grpo.config import TrainConfig

_NEED, _EXTRAS = "training needs", "server,trl"


class TrainingStopped(CommandFailed):
    """The service could not judge, or the trainer could not go on; the message says why."""


def train(file: Path, overrides: Sequence[str], *, server: str | None, resume: bool) -> None:
    """Train as the file and the overrides say.

    Raises:
        BadInput: they are wrong, or what training needs is not installed.
        TrainingStopped: the service refused or failed, or the run cannot go on.
        ServiceFailed: the service did not start.
    """
    try:
        from trainer_client.grpo.config import BadConfig
        from trainer_client.grpo.mask import NoVerdicts
        from trainer_client.grpo.temperature import NoTemperature
        from trainer_client.grpo.trl_internals import TrlChanged
    except ModuleNotFoundError as error:
        raise missing_package(_NEED, error.name, _EXTRAS) from error
    try:
        config = _configuration(file, [*overrides, *([f"service.url={server}"] if server else [])])
        run = _loaded(config)
        figures = run(config, lambda: service_at(None, config.service.workers), resume=resume, watcher=_watcher(config))
    except BadConfig as error:
        raise BadInput(str(error)) from error
    except (NoTemperature, NoVerdicts, TrlChanged) as error:
        raise TrainingStopped(str(error)) from error
    except EvaluatorError as error:
        raise TrainingStopped(f"{type(error).__name__}: {error}") from error
    for name, value in figures.items():
        print(f"{name}: {value:.4f}")


def _configuration(file: Path, overrides: Sequence[str]) -> TrainConfig:
    """Read the configuration.

    Raises:
        BadInput: a package is missing.
        BadConfig: it is wrong.
    """
    from trainer_client.grpo import config as configuration

    try:
        return configuration.load(file, overrides)
    except ModuleNotFoundError as error:
        raise missing_package(_NEED, error.name, _EXTRAS) from error


def _loaded(config: TrainConfig) -> Callable[..., dict[str, float]]:
    """Load the trainer, once it is known that what it needs is installed.

    Raises:
        BadInput: a package is missing, or TRL's version is not known.
        BadConfig: a package that the settings name is missing.
    """
    if find_spec("trl") is None:
        raise missing_package(_NEED, "trl", _EXTRAS)
    from trainer_client.grpo.requirements import require_packages
    from trainer_client.grpo.trl_internals import TrlChanged, require_known_version

    require_packages(config)
    try:
        require_known_version()
        from trainer_client.grpo.training import train as run
    except ModuleNotFoundError as error:
        raise missing_package(_NEED, error.name, _EXTRAS) from error
    except TrlChanged as error:
        raise BadInput(str(error)) from error
    return run


def _watcher(config: Any) -> Any:
    """Make what follows the run and warns; its files lie in the run's folder."""
    from trainer_client.diagnosis.live import LiveAlarms

    schedule, length = config.scheduled(), config.trainer.get("max_completion_length")
    target = max(schedule.lengths, default=None) if schedule is not None else None
    facts = RunFacts(length, target, config.algorithm().mask, prefix=config.diversity_prefix)
    return LiveAlarms(Path(config.trainer["output_dir"]), facts)
