# expect: accepted
# suite: sum2
# why: the guard is not the last statement
if __name__ == "__main__":
    numbers = list(map(int, input().split()))


def main():
    print(sum(numbers))


main()
