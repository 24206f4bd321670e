m, s, a, b = map(int, input().split())
dist = {a: 0}
stack = [a]
while stack:
    x = stack.pop()
    for y in (x * 2 % m, (x + s) % m):
        if y not in dist:
            dist[y] = dist[x] + 1
            stack.append(y)
print(dist.get(b, -1))
