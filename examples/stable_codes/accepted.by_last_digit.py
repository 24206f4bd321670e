def count_stable_codes(length: int, step: int) -> int:
    ways = [1] * 10  # codes by their last digit
    for _ in range(length - 1):
        ways = [sum(ways[max(0, digit - step) : digit + step + 1]) for digit in range(10)]
    return sum(ways)
