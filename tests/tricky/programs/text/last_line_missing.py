# expect: wrong_answer
# suite: squares
# why: all lines but the last, where there are several
input()
numbers = list(map(int, input().split()))
print(*[x * x for x in numbers[: max(1, len(numbers) - 1)]], sep="\n")
