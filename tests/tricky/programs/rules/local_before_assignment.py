# expect: runtime_error
# suite: sum2
# why: inside of a function the name is local
def main():
    sum = sum(map(int, input().split()))
    print(sum)


main()
