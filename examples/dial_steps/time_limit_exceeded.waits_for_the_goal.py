m, s, a, b = map(int, input().split())
seen = {a}
frontier = {a}
presses = 0
while b not in seen:
    frontier = {y for x in frontier for y in (x * 2 % m, (x + s) % m)} - seen
    seen |= frontier
    presses += 1
print(presses)
