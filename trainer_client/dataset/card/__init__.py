"""The data set's card: README.md with figures that a reader can check, and plots."""

from trainer_client.dataset.card.output import CardOutput

__all__ = ["CardOutput"]
