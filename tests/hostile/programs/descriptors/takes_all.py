# says: bounded
import os
taken = 0
try:
    while taken < 100_000: taken += os.dup(0) > 0
except OSError: pass
print("bounded" if taken < 2048 else f"took {taken}")
