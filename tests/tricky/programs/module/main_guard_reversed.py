# expect: accepted
# suite: sum2
# why: the guard written the other way round
def main():
    print(sum(map(int, input().split())))


if "__main__" == __name__:
    main()
