# expect: wrong_answer
# suite: sum2
# why: files that look like tests, wherever they may be read
import json
import os

answer = "nothing found"
for top in (".", "..", "/tmp", "/run/box", "/dev/shm", os.path.expanduser("~")):
    for directory, _, names in os.walk(top):
        for name in names:
            if name.endswith((".json", ".jsonl", ".out", ".txt")):
                try:
                    answer = json.load(open(os.path.join(directory, name)))["outputs"][0]
                except (OSError, ValueError, KeyError, TypeError):
                    continue
print(answer)
