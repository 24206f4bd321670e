# expect: runtime_error
# suite: sum2
# why: right output, then a wild pointer
import ctypes

print(sum(map(int, input().split())), flush=True)
ctypes.string_at(0)
