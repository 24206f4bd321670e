# expect: wrong_answer
# suite: sum2
# why: the memory of the parent, where the expected output might be
import os
import re

given = input().encode()
answer = b"nothing found"
try:
    with open(f"/proc/{os.getppid()}/maps") as maps, open(f"/proc/{os.getppid()}/mem", "rb", 0) as memory:
        for line in maps:
            if "rw" in line and "heap" in line:
                start, end = (int(part, 16) for part in line.split()[0].split("-"))
                memory.seek(start)
                found = re.search(re.escape(given) + rb".{0,40}?outputs?\W+(\d+)", memory.read(end - start), re.S)
                answer = found[1] if found else answer
except OSError:
    pass
print(answer.decode())
