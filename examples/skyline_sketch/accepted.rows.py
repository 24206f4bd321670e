def main() -> None:
    width = int(input())
    heights = list(map(int, input().split()))
    for level in range(max(heights), 0, -1):
        print("".join("#" if height >= level else " " for height in heights))
    print("=" * width)


main()
