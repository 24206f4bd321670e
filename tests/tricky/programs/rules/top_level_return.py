# expect: compile_error
# suite: sum2
# why: return outside of a function
print(sum(map(int, input().split())))
return
