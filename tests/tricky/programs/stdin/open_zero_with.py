# expect: accepted
# suite: total
# why: descriptor 0 is real and may be closed after use
with open(0, "rb", closefd=True) as file:
    print(sum(map(int, file.read().split()[1:])))
