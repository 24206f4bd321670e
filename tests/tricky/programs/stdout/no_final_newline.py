# expect: accepted
# suite: squares
# why: a missing final newline does not matter to tokens
input()
print("\n".join(str(int(x) ** 2) for x in input().split()), end="")
