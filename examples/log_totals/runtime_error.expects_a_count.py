n = int(input())
totals = {}
for _ in range(n):
    name, minutes = input().split()
    totals[name] = totals.get(name, 0) + int(minutes)
for name, total in sorted(totals.items(), key=lambda item: (-item[1], item[0])):
    print(name, total)
if not totals:
    print("nobody")
