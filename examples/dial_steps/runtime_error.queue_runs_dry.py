from collections import deque

m, s, a, b = map(int, input().split())
dist = {a: 0}
queue = deque([a])
while True:
    x = queue.popleft()
    if x == b:
        print(dist[x])
        break
    for y in (x * 2 % m, (x + s) % m):
        if y not in dist:
            dist[y] = dist[x] + 1
            queue.append(y)
