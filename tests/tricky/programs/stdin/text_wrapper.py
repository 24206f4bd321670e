# expect: accepted
# suite: total
# why: a text layer of its own over the buffer
import io
import sys

reader = io.TextIOWrapper(sys.stdin.buffer, encoding="ascii", newline="\n")
reader.readline()
print(sum(map(int, reader)))
