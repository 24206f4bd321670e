"""Finds problems that come more than once, keeps the best copy of each, and groups variants.

Word n-grams propose pairs (MinHash), their exact Jaccard similarity is computed, and the service decides: each one's
reference runs on the other's tests. Sets are never cleared out along chains of similar texts: a problem is only ever
dropped against one that is kept and that it was compared with.
"""

from trainer_client.dataset.deduplicate.stage import DeduplicateStage, deduplicate

__all__ = ["DeduplicateStage", "deduplicate"]
