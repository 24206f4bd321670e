from collections import deque

n, k, m, state = map(int, input().split())
best = deque()
warm = 0
for day in range(n):
    reading = state % m
    while best and best[0][0] <= day - k:
        best.popleft()
    if not best or reading > best[0][1]:
        warm += 1
    while best and best[-1][1] <= reading:
        best.pop()
    best.append((day, reading))
    state = 48271 * state % 2147483647
print(warm)
