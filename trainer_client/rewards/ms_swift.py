"""ms-swift: a class for ``--reward_funcs microcoder``, registered by a file of yours that ``--external_plugins`` names:

    from swift.rewards import orms
    from trainer_client.rewards.ms_swift import CodeReward

    orms["microcoder"] = CodeReward            # with options: functools.partial(CodeReward, shape="fraction")

The tests are the data set's column ``suite``, ``suite_id``, ... ms-swift adds rewards up without those that are None or
NaN, so a row for which there is no other reward gets 0, in silence. So a program that was not judged raises here, which
stops the training step; ``on_error`` may be a number of your choice.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from trainer_client.rewards import trl
from trainer_client.rewards.judge import OnError


class CodeReward(trl.CodeReward):
    """A reward class of ms-swift's (an ``ORM``).

    Args:
        args: the trainer's, which ms-swift hands over.
        options: those of ``trainer_client.rewards.trl.CodeReward``.
    """

    def __init__(self, args: Any = None, *, on_error: OnError = "raise", **options: Any) -> None:
        super().__init__(on_error=on_error, **options)
        self.args = args

    def __call__(  # type: ignore[override]
        self, completions: Sequence[Any], **columns: Any
    ) -> list[float | None]:
        """Rewards of shape (B,).

        Raises:
            EvaluatorError: a program was not judged, and ``on_error`` is ``raise``.
            UnknownTests: a row holds no tests.
        """
        return self._rewards(self._judge.outcomes(*self._read(completions, columns)), columns)

    def _read(self, completions: Sequence[Any], columns: dict[str, Any]) -> tuple[Sequence[Any], list[Any]]:
        return self._answers_and_tests([""] * len(completions), completions, columns)


class AsyncCodeReward(CodeReward):
    """A ``CodeReward`` that is a coroutine (an ``AsyncORM``): ms-swift runs it beside others of that kind."""

    async def __call__(  # type: ignore[override]
        self, completions: Sequence[Any], **columns: Any
    ) -> list[float | None]:
        """Rewards of shape (B,), as of ``CodeReward``."""
        return self._rewards(await self._judge.outcomes_async(*self._read(completions, columns)), columns)
