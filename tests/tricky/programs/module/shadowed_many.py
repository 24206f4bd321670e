# expect: accepted
# suite: sum2
# why: several builtins rebound after their last use
list = list(map(int, input().split()))
max, min = max(list), min(list)
print(max + min)
