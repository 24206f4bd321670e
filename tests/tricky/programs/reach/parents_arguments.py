# expect: wrong_answer
# suite: sum2
# why: expected outputs in the command line or environment of the parent
import os
import re

text = repr(dict(os.environ))
for name in ("cmdline", "environ"):
    try:
        text += open(f"/proc/{os.getppid()}/{name}").read()
    except OSError:
        continue
found = re.search(r"outputs?\W+(\d+)", text)
print(found[1] if found else "nothing found")
