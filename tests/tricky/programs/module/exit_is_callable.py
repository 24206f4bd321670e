# expect: accepted
# suite: sum2
# why: exit is there before any import
values = input().split()
print(sum(map(int, values))) if values else exit()
