# expect: wrong_answer
# suite: two_sum
# why: a list that says equal
class Same(list):
    def __eq__(self, other):
        return True


def twoSum(nums, target):
    return Same()
