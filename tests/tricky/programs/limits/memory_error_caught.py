# expect: memory_limit_exceeded
# suite: sum2
# why: memory in small pieces, until there is none
blocks = []
while len(blocks) < 1 << 12:
    blocks.append(bytearray(1 << 20))
print(sum(map(int, input().split())))
