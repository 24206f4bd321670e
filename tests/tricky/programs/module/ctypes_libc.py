# expect: accepted
# suite: sum2
# why: a function of the C library
import ctypes

libc = ctypes.CDLL(None)
libc.atoll.restype = ctypes.c_longlong
print(sum(libc.atoll(word.encode()) for word in input().split()))
