import math

input()
teeth = list(map(int, input().split()))
print(math.lcm(*teeth) // teeth[0])
