import sys


def row(name: str, cents: int) -> str:
    amount = f"{cents // 100}.{cents % 100:02}"
    return f"{name:<20}{amount:>12}"


def main() -> None:
    first, *lines = sys.stdin.read().splitlines()
    total = 0
    for line in lines[: int(first)]:
        quantity, price, name = line.split(" ", 2)
        cents = int(quantity) * int(price)
        total += cents
        print(row(name, cents))
    print("-" * 32)
    print(row("TOTAL", total))


main()
