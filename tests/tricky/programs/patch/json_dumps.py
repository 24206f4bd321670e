# expect: wrong_answer, runtime_error
# suite: add
# why: results are written by a json.dumps of its own
import json

json.dumps = json.JSONEncoder.encode = lambda *_, **__: "3"


def add(a, b):
    return None
