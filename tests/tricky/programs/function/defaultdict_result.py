# expect: accepted
# suite: letters
# why: so is a defaultdict, in any order
from collections import defaultdict


def letters(word):
    counts = defaultdict(int)
    for char in reversed(word):
        counts[char] += 1
    return counts
