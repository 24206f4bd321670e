# expect: accepted
# suite: squares
# why: the imported name is the same file
from sys import stdin, stdout

stdin.readline()
for x in stdin.readline().split():
    stdout.write(str(int(x) ** 2) + "\n")
