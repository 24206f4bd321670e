"""The stage ``decontaminate``: keeps benchmarks' problems out of training data, by texts in both directions, by
solutions and by behaviour."""

from trainer_client.dataset.decontaminate.stage import DecontaminateStage, decontaminate

__all__ = ["DecontaminateStage", "decontaminate"]
