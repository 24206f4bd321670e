import sys
from collections import Counter

totals = Counter()
for line in sys.stdin:
    if line.strip():
        name, minutes = line.split()
        totals[name] += int(minutes)
if totals:
    for name, total in totals.most_common():
        print(name, total)
else:
    print("nobody")
