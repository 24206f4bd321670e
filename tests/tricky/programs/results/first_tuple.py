# expect: wrong_answer
# suite: two_sum
# why: the first element, as a tuple
def twoSum(nums, target):
    return (next(i for j in range(len(nums)) for i in range(j) if nums[i] + nums[j] == target),)
