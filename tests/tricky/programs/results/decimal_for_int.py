# expect: wrong_answer
# suite: add
# why: a Decimal where an int is expected
from decimal import Decimal


def add(a, b):
    return Decimal(a + b)
