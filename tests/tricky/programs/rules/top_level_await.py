# expect: compile_error
# suite: sum2
# why: await outside of a coroutine
print(sum(map(int, input().split())))
if False:
    await None
