# expect: accepted
# suite: squares
# why: a new text file over descriptor 1
import io
import sys

sys.stdout = io.TextIOWrapper(io.FileIO(1, "w"), write_through=True)
input()
for x in input().split():
    print(int(x) ** 2)
