# expect: accepted
# suite: squares
# why: /dev/stdout can be opened
input()
with open("/dev/stdout", "w") as out:
    for x in input().split():
        out.write(f"{int(x) ** 2}\n")
