# expect: accepted
# suite: squares
# why: bytes through the buffer
import sys

_, line = open(0)
for x in map(int, line.split()):
    sys.stdout.buffer.write(b"%d\n" % (x * x))
