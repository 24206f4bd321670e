import sys

count, deck, *lengths = map(int, sys.stdin.read().split())
trips = turned_away = loaded = 0
for length in lengths[:count]:
    if length > deck:
        turned_away += 1
    elif loaded + length > deck:
        trips += 1
        loaded = length
    else:
        loaded += length
print(trips, turned_away)
