# expect: accepted
# suite: total
# why: a second read() is empty
import sys

text = sys.stdin.read()
text += sys.stdin.read()
print(sum(map(int, text.split()[1:])))
