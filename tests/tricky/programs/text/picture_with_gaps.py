# expect: wrong_answer
# suite: picture
# why: a blank line after each line of the picture
n = int(input())
for i in range(1, n + 1):
    print(" " * (n - i) + "*" * (2 * i - 1) + "\n")
