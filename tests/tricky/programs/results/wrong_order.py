# expect: wrong_answer
# suite: two_sum
# why: the right elements in another order than the suite asks for
def twoSum(nums, target):
    return next([j, i] for j in range(len(nums)) for i in range(j) if nums[i] + nums[j] == target)
