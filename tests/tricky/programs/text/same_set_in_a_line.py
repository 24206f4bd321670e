# expect: wrong_answer
# suite: sorted_line
# why: the right set, another number of each
numbers = sorted(map(int, input().split()))
print(*sorted(set(numbers)), *[numbers[0]] * (len(numbers) - len(set(numbers))))
