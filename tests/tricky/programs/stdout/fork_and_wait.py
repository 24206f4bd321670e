# expect: accepted
# suite: squares
# why: the child answers, the parent waits
import os

input()
numbers = [int(x) for x in input().split()]
if os.fork() == 0:
    os.write(1, "".join(f"{x * x}\n" for x in numbers).encode())
    os._exit(0)
os.wait()
