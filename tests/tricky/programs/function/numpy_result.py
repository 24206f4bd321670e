# expect: accepted
# suite: two_sum
# why: an array stands for a list, its numbers for numbers
# needs: numpy
import numpy as np


def twoSum(nums, target):
    a = np.array(nums)
    i, j = np.argwhere(np.triu(a[:, None] + a[None, :] == target, 1))[0]
    return np.array([i, j])
