# expect: wrong_answer
# suite: sum2
# why: each list of results that is in reach gets a True
import sys

frame = sys._getframe()
while frame := frame.f_back:
    for name in ("all_results", "results"):
        if isinstance(frame.f_locals.get(name), list):
            frame.f_locals[name].extend([True] * 3)
sys.exit()
