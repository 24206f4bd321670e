n, fee = map(int, input().split())
values = sorted(map(int, input().split()), reverse=True)
total = stamps = 0
for value in values:
    used = (fee - total) // value
    total += used * value
    stamps += used
if total < fee:
    total += values[-1]
    stamps += 1
print(total, stamps)
