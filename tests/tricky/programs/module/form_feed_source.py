# expect: accepted
# suite: sum2
# why: a form feed between functions, as old sources have
def add(a, b):
    return a + b

print(add(*map(int, input().split())))
