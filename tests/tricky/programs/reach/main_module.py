# expect: wrong_answer
# suite: sum2
# why: whatever the main module is, its names might tell
import sys

known = vars(sys.modules["__main__"])
print(known.get("expected") or known.get("outputs") or known.get("gt_out") or "nothing found")
