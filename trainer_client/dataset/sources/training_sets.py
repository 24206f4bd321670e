"""Sets that are made for reinforcement learning: PRIME's Eurus-2-RL-Data, SYNTHETIC-1 and -2, DeepCoder."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from evaluator.schema.shapes import unfenced
from trainer_client.dataset.config import SourceConfig
from trainer_client.dataset.row import Problem, Reference
from trainer_client.dataset.sources.source import Collected, RowFault, TableSource, tests_in, text, texts


class Prime(TableSource):
    """Reads PRIME's Eurus-2-RL-Data (``prompt``, ``reward_model``), and SYNTHETIC-1 and -2 (``prompt``,
    ``verification_info``). Both have problems of other kinds too."""

    columns = ("prompt",)

    def problem(self, row: Mapping[str, Any], config: SourceConfig) -> Collected:
        kind = text(row, "ability") or text(row, "task_type")
        if kind and ("code" not in kind or "prediction" in kind):
            raise RowFault("not_code", f"the problem is of the kind {kind!r}")
        solution = text(row, "gold_standard_solution")
        extra = row.get("extra_info") or {}
        return Collected(
            Problem(
                "",
                source_id=text(row, "problem_id")
                or "-".join(filter(None, (text(extra, "split"), text(extra, "index")))),
                statement=_last_message(row["prompt"]),
                platform=text(row, "data_source") or text(row, "source"),
                references=(Reference(unfenced(solution)),) if solution else (),
                split=text(extra, "split"),
            ),
            tests_in({name: row.get(name) for name in ("verification_info", "reward_model")}),
        )


class DeepCoder(TableSource):
    """Reads DeepCoder-Preview. ``tests`` is JSON in the form of the set that the row comes from."""

    columns = ("problem", "solutions", "tests")

    def problem(self, row: Mapping[str, Any], config: SourceConfig) -> Collected:
        return Collected(
            Problem(
                "",
                source_id=text(row, "uid") or text(row, "index"),
                statement=text(row, "problem"),
                starter_code=text(row, "starter_code"),
                references=tuple(Reference(unfenced(code)) for code in texts(row["solutions"])),
            ),
            tests_in({"tests": row["tests"]}),
        )


def _last_message(prompt: Any) -> str:
    return str(prompt[-1]["content"]) if isinstance(prompt, list) and prompt else str(prompt)
