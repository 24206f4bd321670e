"""The stage ``filter``: predicts difficulty, calibrates the prediction by pass rates, and selects by the probability of
a band."""

from trainer_client.dataset.filter.stage import FilterStage

__all__ = ["FilterStage"]
