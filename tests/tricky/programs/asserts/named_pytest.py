# expect: wrong_answer, runtime_error
# suite: check_add
# why: the word pytest in a comment or text changes nothing
"""Checked with pytest."""


def add(a, b):
    return "pytest"
