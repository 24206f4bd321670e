# expect: wrong_answer
# suite: squares
# why: the right lines in another order
input()
print(*sorted((int(x) ** 2 for x in input().split()), reverse=True), sep="\n")
