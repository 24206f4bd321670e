def count_stable_codes(length, step):
    ways = [0] + [1] * 9
    for _ in range(length - 1):
        ways = [sum(ways[d] for d in range(10) if abs(d - digit) <= step) for digit in range(10)]
    return sum(ways)
