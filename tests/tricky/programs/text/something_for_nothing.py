# expect: wrong_answer
# suite: below
# why: output where none is expected
print(*range(int(input()) or 1))
