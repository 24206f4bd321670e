# expect: runtime_error
# suite: sum2
# why: List is not imported, and hints of a function are evaluated
def add(numbers: List[int]) -> int:
    return sum(numbers)


print(add(list(map(int, input().split()))))
