from itertools import accumulate


def balanced_split(weights: list[int]) -> int:
    total = sum(weights)
    differences = [abs(total - 2 * left) for left in accumulate(weights[:-1])]
    if not differences:
        return 0
    return differences.index(min(differences)) + 1
