import sys

first, *lines = sys.stdin.read().splitlines()
rows = []
total = 0
for line in lines[: int(first)]:
    quantity, price, name = line.split(" ", 2)
    cents = int(quantity) * int(price)
    total += cents
    rows.append(f"{name:<20}{cents / 100:>12.2f}")
rows.append("-" * 32)
rows.append(f"{'TOTAL':<20}{total / 100:>12.2f}")
sys.stdout.write("\n".join(rows))
