import sys


def main() -> None:
    numbers = list(map(int, sys.stdin.read().split()))
    legs = list(zip(numbers[1::2], numbers[2::2], strict=True))
    distance = sum(km for km, _ in legs)
    hours = sum(km / speed for km, speed in legs)
    print(f"{distance / hours if distance else 0.0:.9f}")


main()
