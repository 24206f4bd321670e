"""The data set's card: README.md with figures that a reader can check, and plots."""

from __future__ import annotations

from pathlib import Path

from trainer_client.dataset.card.facts import facts_of
from trainer_client.dataset.card.plots import draw
from trainer_client.dataset.card.text import card_text
from trainer_client.dataset.files import write_whole
from trainer_client.dataset.stage import Output, RunView


class CardOutput(Output):
    """Writes ``README.md`` and ``plots/``."""

    name = "card"
    version = "2"

    def write(self, run: RunView, folder: Path) -> None:
        facts = facts_of(run)
        plots: list[str] = []
        if run.config.card.plots:
            (folder / "plots").mkdir(exist_ok=True)
            plots = draw(facts, run, folder / "plots")
        write_whole(folder / "README.md", card_text(facts, run, plots).encode())
