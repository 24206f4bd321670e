# expect: accepted
# suite: total
# why: input rebound to a function that calls the old one
original = input
input = lambda: original().strip()
print(sum(int(input()) for _ in range(int(input()))))
