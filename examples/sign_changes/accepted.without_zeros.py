from itertools import pairwise


def sign_changes(numbers: list[int]) -> int:
    signs = [number > 0 for number in numbers if number != 0]
    return sum(left != right for left, right in pairwise(signs))
