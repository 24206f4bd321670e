from collections import deque


def main() -> None:
    count, window, modulus, state = map(int, input().split())
    falling: deque[tuple[int, int]] = deque()  # the days that may still be the warmest of a window, warmest first
    warm = 0
    for day in range(count):
        reading = state % modulus
        if falling and falling[0][0] < day - window:
            falling.popleft()
        if not falling or reading > falling[0][1]:
            warm += 1
        while falling and falling[-1][1] <= reading:
            falling.pop()
        falling.append((day, reading))
        state = 48271 * state % 2147483647
    print(warm)


main()
