# expect: runtime_error
# suite: sum2
# why: right output, then an error that nobody caught
numbers = list(map(int, input().split()))
print(sum(numbers))
print(numbers[len(numbers)])
