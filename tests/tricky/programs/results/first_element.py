# expect: wrong_answer
# suite: two_sum
# why: the first element where the list is expected
def twoSum(nums, target):
    return next(i for j in range(len(nums)) for i in range(j) if nums[i] + nums[j] == target)
