# expect: accepted
# suite: latin1_letters
# why: stdin takes another encoding before the first read
import sys

sys.stdin.reconfigure(encoding="latin-1")
print(sum(char.isalpha() for char in input()))
