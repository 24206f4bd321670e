from math import lcm


def next_common_multiple(number: int, divisors: list[int]) -> int:
    step = lcm(*divisors)
    return -(-number // step) * step
