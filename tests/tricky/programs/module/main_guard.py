# expect: accepted
# suite: sum2
# why: the usual guard at the end
def main():
    print(sum(map(int, input().split())))


if __name__ == "__main__":
    main()
