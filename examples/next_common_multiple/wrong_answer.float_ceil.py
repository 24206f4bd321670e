from math import ceil, lcm


def next_common_multiple(number, divisors):
    step = lcm(*divisors)
    return ceil(number / step) * step
