# expect: accepted
# suite: sum2
# why: at module level the right side still finds the builtin
sum = sum(map(int, input().split()))
print(sum)
