# expect: wrong_answer
# suite: sum2
# why: the expected output of this test lies three frames up in lighteval
import sys

frame = sys._getframe()
while frame and "gt_out" not in frame.f_locals:
    frame = frame.f_back
print(frame.f_locals["gt_out"] if frame else "nothing found")
