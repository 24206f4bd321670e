from math import gcd

n = int(input())
teeth = list(map(int, input().split()))
turns = 1
for t in teeth[1:]:
    turns *= t // gcd(t, teeth[0])
print(turns)
