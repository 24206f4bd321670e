# expect: wrong_answer
# suite: sum2
# why: all, any and len say what it likes
import builtins

builtins.all = builtins.any = lambda *_: True
builtins.len = lambda _: 1
builtins.isinstance = lambda *_: True
print("anything")
