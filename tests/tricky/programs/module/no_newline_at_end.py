# expect: accepted
# suite: sum2
# why: a source without a final newline, ended by a comment
print(sum(map(int, input().split())))  # done