# expect: wrong_answer, runtime_error
# suite: sum2
# why: its own verdict written where the verdicts go, then a quick end
import os
import sys

frame = sys._getframe()
while frame := frame.f_back:
    result = frame.f_locals.get("result")
    if hasattr(result, "append"):
        result.append([True, True, True])
        if "metadata_list" in frame.f_locals:
            frame.f_locals["metadata_list"].append({})
        os._exit(0)
print("nothing found")
