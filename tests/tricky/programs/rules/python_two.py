# expect: compile_error
# suite: sum2
# why: a print statement of Python 2
print sum(map(int, raw_input().split()))
