# expect: wrong_answer
# suite: sum2
# why: the expected output of this test lies a few frames up in verl
import sys

frame = sys._getframe()
while frame and not ("in_outs" in frame.f_locals and "index" in frame.f_locals):
    frame = frame.f_back
print(frame.f_locals["in_outs"]["outputs"][frame.f_locals["index"]] if frame else "nothing found")
