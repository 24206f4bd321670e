# expect: accepted
# suite: two_sum
# why: a named tuple is a tuple
from typing import NamedTuple


class Pair(NamedTuple):
    i: int
    j: int


def twoSum(nums, target):
    return next(Pair(i, j) for j in range(len(nums)) for i in range(j) if nums[i] + nums[j] == target)
