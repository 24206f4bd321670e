# expect: accepted
# suite: sum2
# why: a function sets a global of the module
total = 0


def add(x):
    global total
    total += x


for x in input().split():
    add(int(x))
print(total)
