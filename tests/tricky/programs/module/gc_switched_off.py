# expect: accepted
# suite: sum2
# why: switches of the interpreter
import gc
import sys

gc.disable()
gc.freeze()
sys.setswitchinterval(1)
sys.dont_write_bytecode = True
print(sum(map(int, input().split())))
