# expect: accepted
# suite: squares
# why: the text layer can be set up anew
import sys

sys.stdout.reconfigure(encoding="ascii", line_buffering=True, newline="\r\n")
input()
print(*[int(x) ** 2 for x in input().split()], sep="\n")
