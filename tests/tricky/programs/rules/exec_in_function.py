# expect: runtime_error
# suite: sum2
# why: exec in a function makes no local names
def main():
    exec("a, b = map(int, input().split())")
    print(a + b)


main()
