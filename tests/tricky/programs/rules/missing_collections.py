# expect: runtime_error
# suite: sum2
# why: deque is not imported
numbers = deque(map(int, input().split()))
print(sum(numbers))
