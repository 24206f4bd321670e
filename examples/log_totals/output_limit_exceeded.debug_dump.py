import sys

totals = {}
for line in sys.stdin:
    if not line.strip():
        continue
    name, minutes = line.split()
    totals[name] = totals.get(name, 0) + int(minutes)
    print("DEBUG totals so far:", totals, file=sys.stderr)
for name, total in sorted(totals.items(), key=lambda item: (-item[1], item[0])):
    print(name, total)
if not totals:
    print("nobody")
