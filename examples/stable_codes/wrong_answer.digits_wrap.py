def count_stable_codes(length, step):
    ways = [1] * 10
    for _ in range(length - 1):
        ways = [sum(ways[(digit + d) % 10] for d in range(-step, step + 1)) for digit in range(10)]
    return sum(ways)
