# expect: accepted
# suite: sum2
# why: doctest on itself before the answer
import doctest


def add(a, b):
    """Add.

    >>> add(1, 2)
    3
    """
    return a + b


assert doctest.testmod() == (0, 1)
print(add(*map(int, input().split())))
