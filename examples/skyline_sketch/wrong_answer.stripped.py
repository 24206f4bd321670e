n = int(input())
heights = list(map(int, input().split()))
for level in range(max(heights), 0, -1):
    print("".join("#" if h >= level else " " for h in heights).strip())
print("=" * n)
