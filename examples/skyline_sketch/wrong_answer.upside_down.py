n = int(input())
heights = list(map(int, input().split()))
for level in range(1, max(heights) + 1):
    print("".join("#" if h >= level else " " for h in heights))
print("=" * n)
