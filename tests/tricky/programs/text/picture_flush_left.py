# expect: wrong_answer
# suite: picture
# why: leading blanks are part of the picture
n = int(input())
for i in range(1, n + 1):
    print("*" * (2 * i - 1))
