# expect: accepted
# suite: utf8
# why: decoded by hand
import sys

print(len(sys.stdin.buffer.readline().decode("utf-8").rstrip("\n")))
