# expect: runtime_error
# suite: sum2
# why: right output, then it reads past the end
while True:
    print(sum(map(int, input().split())))
