# expect: accepted
# suite: sum2
# why: scratch files work
import os
import tempfile

with tempfile.NamedTemporaryFile("w", delete=False) as file:
    file.write(input())
with open(file.name) as again:
    print(sum(map(int, again.read().split())))
os.remove(file.name)
