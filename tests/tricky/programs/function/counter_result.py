# expect: accepted
# suite: letters
# why: a Counter is a dictionary
from collections import Counter


def letters(word):
    return Counter(word)
