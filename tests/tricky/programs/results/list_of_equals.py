# expect: wrong_answer
# suite: two_sum
# why: a plain list of objects that say equal
class Anything:
    __eq__ = lambda self, other: True
    __hash__ = None


def twoSum(nums, target):
    return [Anything(), Anything()]
