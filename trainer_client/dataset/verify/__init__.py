"""Proof by the service: references, second opinions, comparisons, wrong programs, limits, few strong tests."""

from trainer_client.dataset.verify.stage import VerifyStage

__all__ = ["VerifyStage"]
