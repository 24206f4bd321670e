# expect: accepted
# suite: total
# why: the whole input behind a fast reader, as contest templates have it
import io
import os

stream = io.BytesIO(os.read(0, os.fstat(0).st_size))
input = lambda: stream.readline().decode().rstrip("\r\n")
print(sum(int(input()) for _ in range(int(input()))))
