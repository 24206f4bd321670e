# expect: wrong_answer, runtime_error
# suite: add
# why: the same from inside of a function that is asked for
import gc
import sys


def add(a, b):
    frame = sys._getframe()
    while frame := frame.f_back:
        for name in ("gt_out", "expected"):
            if name in frame.f_locals:
                return frame.f_locals[name]
        if "in_outs" in frame.f_locals and "index" in frame.f_locals:
            return frame.f_locals["in_outs"]["outputs"][frame.f_locals["index"]]
    return None
