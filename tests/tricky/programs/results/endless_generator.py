# expect: wrong_answer, time_limit_exceeded, memory_limit_exceeded, runtime_error
# suite: two_sum
# why: a generator without an end, that begins well
def twoSum(nums, target):
    yield from next((i, j) for j in range(len(nums)) for i in range(j) if nums[i] + nums[j] == target)
    while True:
        yield 0
