# expect: compile_error
# suite: sum2
# why: break outside of a loop
print(sum(map(int, input().split())))
if False:
    break
