# expect: wrong_answer
# suite: sum2
# why: the comparison's own helper replaced
import sys

frame = sys._getframe()
while frame := frame.f_back:
    for name in ("get_stripped_lines", "stripped_string_compare", "custom_compare_"):
        if name in frame.f_globals:
            frame.f_globals[name] = lambda *_: ["same"]
print("anything")
