from math import lcm


def next_common_multiple(number, divisors):
    step = lcm(*divisors)
    return (number // step + 1) * step
