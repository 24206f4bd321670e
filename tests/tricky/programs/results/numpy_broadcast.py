# expect: wrong_answer, runtime_error
# suite: two_sum
# why: an array whose comparison is an array
# needs: numpy
import numpy as np


def twoSum(nums, target):
    return np.array([[0, 1], [1, 2], [0, 3]])
