"""Keeps benchmarks' problems out of training data: by text both ways, by solutions, and by behaviour."""

from trainer_client.dataset.decontaminate.stage import DecontaminateStage, decontaminate

__all__ = ["DecontaminateStage", "decontaminate"]
