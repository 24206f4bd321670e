"""ROLL: ``worker_cls: trainer_client.rewards.roll.CodeRewardWorker`` of a reward in the configuration of RLVR.

The tests are the row's column ``suite`` or ``suite_id``, else those of ROLL's own rows: ``case_type``, ``test_cases``
and ``test_case_function``. Options are a subclass's:

    class FractionWorker(CodeRewardWorker):
        grader = RewardGrader(shape=fraction)

ROLL has no way to leave a sample out: what was not judged raises, which stops the step, unless ``on_error`` is a number
of your choice.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, ClassVar

import torch
from roll.distributed.executor.worker import Worker
from roll.distributed.scheduler.decorator import Dispatch, register
from roll.distributed.scheduler.protocol import DataProto
from roll.models.model_providers import default_tokenizer_provider

from trainer_client.rewards.judge import OnError, RewardGrader, of_rows
from trainer_client.suites import RowTests, UnknownTests, read_row

_COLUMNS = ("suite", "suite_id", "case_type", "test_cases", "test_case_function", "id")


class CodeRewardWorker(Worker):  # type: ignore[misc, unused-ignore]
    """One program, one reward."""

    grader: ClassVar[RewardGrader] = RewardGrader()
    on_error: ClassVar[OnError] = "raise"

    def __init__(self, worker_config: Any) -> None:
        super().__init__(worker_config=worker_config)
        self.worker_config = worker_config
        self.rank_info.dp_rank, self.rank_info.dp_size = self.rank_info.rank, self.rank_info.world_size
        self.tokenizer = default_tokenizer_provider(model_args=worker_config.model_args)

    @register(dispatch_mode=Dispatch.ONE_TO_ALL)  # type: ignore[untyped-decorator, unused-ignore]
    def initialize(self, pipeline_config: Any) -> None:
        """Begin, as every worker of ROLL's does."""
        super().initialize(pipeline_config)

    @register(dispatch_mode=Dispatch.DP_MP_COMPUTE)  # type: ignore[untyped-decorator, unused-ignore]
    def compute_rewards(self, data: Any) -> Any:
        """Rewards of shape (B,), and the same per token as zeros, as ROLL's own workers give them.

        Raises:
            EvaluatorError: a program was not judged, and ``on_error`` is ``raise``.
            UnknownTests: a row holds no tests.
        """
        texts = self.tokenizer.batch_decode(data.batch["responses"], skip_special_tokens=True)
        columns = {name: data.non_tensor_batch[name] for name in _COLUMNS if name in data.non_tensor_batch}
        rows = [{name: values[number] for name, values in columns.items()} for number in range(len(texts))]
        outcomes = self.grader.outcomes(texts, of_rows(tests_of_row, rows))
        rewards = torch.tensor([outcome.certain(self.on_error) for outcome in outcomes], dtype=torch.float16)
        return DataProto.from_dict(
            tensors={
                "token_level_rewards": torch.zeros_like(data.batch["responses"], dtype=torch.float16),
                "response_level_rewards": rewards,
                "scores": rewards.clone(),
            }
        )


def tests_of_row(row: Mapping[str, Any]) -> RowTests:
    """Read a row of ROLL's.

    Raises:
        UnknownTests: it has no tests, or tests of a kind that is not code.
    """
    if row.get("suite") is not None or row.get("suite_id") is not None:
        return read_row({name: row.get(name) for name in ("suite", "suite_id")})
    cases = row.get("test_cases")
    cases = json.loads(cases) if isinstance(cases, str) else cases
    if not cases:
        raise UnknownTests("there are no test_cases, and no suite")
    match row.get("case_type"):
        case "assert" | "pytest":
            return read_row({"assert_case": [case["assert_code"] for case in cases]})
        case "check_based":
            [case] = cases
            names = {"test_code": case["assert_code"], "entry_point": case["entry_point"]}
            return read_row({**names, "import_prefix": case.get("import_prefix") or ""})
        case "text":
            raise UnknownTests("case_type text: an answer in words is no program")
    name = row.get("test_case_function")
    pairs = {"inputs": [case["stdin"] for case in cases], "outputs": [case["expected_stdout"] for case in cases]}
    return read_row({**pairs, "fn_name": name} if name not in (None, "", "None") else pairs)
