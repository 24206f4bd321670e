"""The stage ``verify``: proof by the service of references, second opinions, comparisons, wrong programs, limits, and a
small strong suite."""

from trainer_client.dataset.verify.stage import VerifyStage

__all__ = ["VerifyStage"]
