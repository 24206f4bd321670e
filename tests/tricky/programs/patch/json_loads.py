# expect: wrong_answer
# suite: add
# why: expected values are read by a json.loads of its own
import json

real = json.loads
json.loads = lambda text, *args, **options: 42 if str(text).strip().lstrip("-").isdigit() else real(text)


def add(a, b):
    return 42
