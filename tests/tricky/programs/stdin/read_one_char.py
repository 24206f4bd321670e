# expect: accepted
# suite: total
# why: read(1) gives one character, and nothing at the end
import sys


def number():
    text = ""
    while (char := sys.stdin.read(1)).isdigit():
        text += char
    return int(text)


print(sum(number() for _ in range(number())))
