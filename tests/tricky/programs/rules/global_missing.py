# expect: runtime_error
# suite: sum2
# why: without a global statement the name is local
total = 0


def add(x):
    total += x


for x in input().split():
    add(int(x))
print(total)
