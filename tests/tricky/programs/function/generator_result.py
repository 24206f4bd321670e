# expect: accepted
# suite: two_sum
# why: a generator stands for a list
def twoSum(nums, target):
    i, j = next((i, j) for j in range(len(nums)) for i in range(j) if nums[i] + nums[j] == target)
    yield i
    yield j
