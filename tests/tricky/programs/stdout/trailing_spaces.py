# expect: accepted
# suite: squares
# why: blanks at the end of a line do not count
input()
for x in input().split():
    print(int(x) ** 2, end=" \n")
print()
