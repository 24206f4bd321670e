def show(name, cents):
    amount = str(cents // 100) + "." + str(cents % 100)
    print(name.ljust(20) + amount.rjust(12))


n = int(input())
total = 0
for _ in range(n):
    quantity, price, name = input().split(" ", 2)
    cents = int(quantity) * int(price)
    total += cents
    show(name, cents)
print("-" * 32)
show("TOTAL", total)
