# expect: wrong_answer
# suite: sorted_line
# why: the right numbers of the line, not sorted
print(*input().split())
