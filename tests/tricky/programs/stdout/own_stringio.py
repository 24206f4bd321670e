# expect: accepted
# suite: squares
# why: sys.stdout swapped for a buffer, flushed to the original at the end
import io
import sys

sys.stdout = io.StringIO()
input()
for x in input().split():
    print(int(x) ** 2)
sys.__stdout__.write(sys.stdout.getvalue())
