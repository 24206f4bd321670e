import sys

totals = {}
for line in sys.stdin:
    parts = line.split()
    if len(parts) == 2:
        totals[parts[0]] = totals.get(parts[0], 0) + int(parts[1])
rows = sorted(totals.items(), key=lambda item: (-item[1], item[0].lower()))
print("\n".join(f"{name} {total}" for name, total in rows) or "nobody")
