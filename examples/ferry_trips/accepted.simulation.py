import sys


def main() -> None:
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
    if loaded:
        trips += 1
    print(trips, turned_away)


main()
