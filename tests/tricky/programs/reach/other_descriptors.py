# expect: wrong_answer
# suite: sum2
# why: every descriptor that is open, read as if it held the tests
import os
import re

text = b""
for descriptor in range(3, 256):
    try:
        os.set_blocking(descriptor, False)
        text += os.pread(descriptor, 100_000, 0)
    except OSError:
        continue
found = re.search(rb"outputs?\W+(\d+)", text)
print(found[1].decode() if found else "nothing found")
