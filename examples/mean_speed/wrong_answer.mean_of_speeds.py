n = int(input())
speeds = []
for _ in range(n):
    km, speed = map(int, input().split())
    if km > 0:
        speeds.append(speed)
print(f"{sum(speeds) / len(speeds):.9f}" if speeds else "0.000000")
