# expect: accepted
# suite: total_crlf
# why: the bytes are as they were sent
import sys

data = sys.stdin.buffer.read()
assert data.count(b"\r\n") == 4
print(sum(map(int, data.split()[1:])))
