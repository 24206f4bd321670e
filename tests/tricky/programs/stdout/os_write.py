# expect: accepted
# suite: squares
# why: bytes straight to the descriptor
import os

input()
for x in map(int, input().split()):
    os.write(1, f"{x * x}\n".encode())
