# expect: accepted
# suite: total
# why: /dev/stdin is descriptor 0
with open("/dev/stdin") as file:
    print(sum(map(int, file.readlines()[1:])))
