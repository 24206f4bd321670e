# expect: accepted
# suite: total
# why: bytes straight from the descriptor, a few at a time
import os

data = b""
while part := os.read(0, 4):
    data += part
print(sum(map(int, data.split()[1:])))
