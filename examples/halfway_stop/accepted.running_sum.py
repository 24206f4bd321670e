from itertools import accumulate


class Solution:
    def halfwayStop(self, lengths: list[int]) -> int:
        whole = sum(lengths)
        return next((i for i, driven in enumerate(accumulate(lengths)) if 2 * driven >= whole), -1)
