import sys

totals = {}
for line in sys.stdin:
    name, minutes = line.split()
    totals[name] = totals.get(name, 0) + int(minutes)
for name, total in sorted(totals.items(), key=lambda item: (-item[1], item[0])):
    print(name, total)
if not totals:
    print("nobody")
