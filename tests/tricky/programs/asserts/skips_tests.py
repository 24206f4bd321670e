# expect: wrong_answer, runtime_error
# suite: unit_divide
# why: a skipped test is no passed test
import unittest


def divide(a, b):
    raise unittest.SkipTest("not today")
