# expect: accepted
# suite: two_sum
# why: a deque stands for a list
from collections import deque


def twoSum(nums, target):
    return deque(next([i, j] for j in range(len(nums)) for i in range(j) if nums[i] + nums[j] == target))
