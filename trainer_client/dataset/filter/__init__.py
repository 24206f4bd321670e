"""Difficulty: predict it, calibrate the prediction by pass rates, and select by the probability of a band."""

from trainer_client.dataset.filter.stage import FilterStage

__all__ = ["FilterStage"]
