# verdict: memory_limit_exceeded
# in container-root: accepted - no memory files there, since no control group counts them
# in container-user: accepted - as in container-root
# in namespaces-user: accepted - as in container-root
# Memory that is in no process's map at all: where nobody can count it there are no such files.
import os, time
try:
    for number in range(100):
        os.write(os.memfd_create(str(number)), b"x" * (4 << 20))
    print("took it")
    time.sleep(0.2)
except PermissionError: print("refused")
