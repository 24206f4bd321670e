n, k, m, state = map(int, input().split())
readings = []
for _ in range(n):
    readings.append(state % m)
    state = 48271 * state % 2147483647
warm = 0
for i in range(n):
    window = readings[max(0, i - k) : i]
    if not window or readings[i] > max(window):
        warm += 1
print(warm)
