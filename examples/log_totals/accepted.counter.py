import sys
from collections import Counter


def main() -> None:
    totals: Counter[str] = Counter()
    for line in sys.stdin:
        if line.strip():
            name, minutes = line.split()
            totals[name] += int(minutes)
    for name, total in sorted(totals.items(), key=lambda item: (-item[1], item[0])):
        print(name, total)
    if not totals:
        print("nobody")


main()
