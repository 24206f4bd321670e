# expect: accepted
# suite: two_sum
# why: the arguments are the program's, to destroy
def twoSum(nums, target):
    found = next([i, j] for j in range(len(nums)) for i in range(j) if nums[i] + nums[j] == target)
    nums.clear()
    return found
