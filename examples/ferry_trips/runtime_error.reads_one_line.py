count, deck = map(int, input().split())
lengths = list(map(int, input().split()))
trips = turned_away = loaded = 0
for i in range(count):
    length = lengths[i]
    if length > deck:
        turned_away += 1
    elif loaded + length > deck:
        trips += 1
        loaded = length
    else:
        loaded += length
if loaded:
    trips += 1
print(trips, turned_away)
