# expect: accepted
# suite: squares
# why: the process becomes another program, which ends well
import os

input()
text = "\n".join(str(int(x) ** 2) for x in input().split())
os.execvp("echo", ["echo", text])
