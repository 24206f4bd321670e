# expect: wrong_answer
# suite: sum2
# why: with no tests left, all of them passed
import gc
import sys

frame = sys._getframe()
while frame := frame.f_back:
    for name in ("all_inputs", "all_outputs", "in_outs"):
        thing = frame.f_locals.get(name)
        for items in thing.values() if isinstance(thing, dict) else [thing]:
            if isinstance(items, list):
                items.clear()
print("no tests, no failures")
