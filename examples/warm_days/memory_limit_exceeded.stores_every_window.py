n, k, m, state = map(int, input().split())
readings = []
for _ in range(n):
    readings.append(state % m)
    state = 48271 * state % 2147483647
windows = [readings[max(0, i - k) : i] for i in range(n)]
print(sum(not window or reading > max(window) for window, reading in zip(windows, readings)))
