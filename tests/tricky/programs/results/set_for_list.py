# expect: wrong_answer
# suite: two_sum
# why: a set where a list is expected
def twoSum(nums, target):
    return next({i, j} for j in range(len(nums)) for i in range(j) if nums[i] + nums[j] == target)
