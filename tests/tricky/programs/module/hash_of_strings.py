# expect: accepted
# suite: sum2
# why: nothing depends on the order of a set
numbers = set(enumerate(input().split()))
print(sum(int(text) for _, text in numbers))
