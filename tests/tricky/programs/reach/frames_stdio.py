# expect: wrong_answer, runtime_error
# suite: sum2
# why: expected outputs looked for in the frames of whoever called
import sys

frame = sys._getframe()
while frame := frame.f_back:
    for name in ("gt_out", "all_outputs", "in_outs", "expected", "sample"):
        if name in frame.f_locals:
            found = frame.f_locals[name]
            print(found if isinstance(found, str) else found["outputs"][0])
            sys.exit()
print("nothing found")
