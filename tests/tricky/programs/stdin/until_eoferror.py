# expect: accepted
# suite: total
# why: EOFError ends the input, and may be caught
total = 0
input()
try:
    while True:
        total += int(input())
except EOFError:
    print(total)
