# expect: accepted
# suite: sum2
# why: names may be deleted, its own and the builtins'
import builtins

read = input
del builtins.input
x = 1
del x
print(sum(map(int, read().split())))
