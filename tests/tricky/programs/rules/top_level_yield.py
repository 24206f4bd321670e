# expect: compile_error
# suite: sum2
# why: yield outside of a function
print(sum(map(int, input().split())))
if False:
    yield
