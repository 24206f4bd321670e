# expect: accepted
# suite: total
# why: below the buffer is a raw file
import sys

data = b""
while chunk := sys.stdin.buffer.raw.read(3):
    data += chunk
print(sum(map(int, data.split()[1:])))
