# expect: accepted
# suite: total_no_newline
# why: input() takes the last line without a newline
print(sum(int(input()) for _ in range(int(input()))))
