# expect: accepted
# suite: sum2
# why: a coroutine that is sent numbers
def adder():
    total = 0
    while True:
        x = yield total
        total += x


coroutine = adder()
next(coroutine)
for x in input().split():
    last = coroutine.send(int(x))
print(last)
