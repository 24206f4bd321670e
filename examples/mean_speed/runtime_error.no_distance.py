n = int(input())
distance = 0
hours = 0
for _ in range(n):
    km, speed = map(int, input().split())
    distance += km
    hours += km / speed
print(f"{distance / hours:.9f}")
