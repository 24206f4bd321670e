n = int(input())
total = 0
for _ in range(n):
    quantity, price, name = input().split()
    cents = int(quantity) * int(price)
    total += cents
    print(f"{name:<20}{cents / 100:>12.2f}")
print("-" * 32)
print(f"{'TOTAL':<20}{total / 100:>12.2f}")
