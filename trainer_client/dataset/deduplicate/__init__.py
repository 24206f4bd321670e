"""The stage ``deduplicate``: finds problems that occur more than once, keeps the best copy of each, and groups
variants.

Word n-grams propose pairs (MinHash), their exact Jaccard similarity is computed, and the service decides: the reference
of each runs on the tests of the other. Chains of similar texts do not matter: a problem is dropped only if it is a copy
of one that is kept and that it was compared with.
"""

from trainer_client.dataset.deduplicate.stage import DeduplicateStage, deduplicate

__all__ = ["DeduplicateStage", "deduplicate"]
