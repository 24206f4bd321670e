# expect: wrong_answer
# suite: minus_one
# why: float, int and str replaced by constants
import builtins

builtins.float = builtins.int = lambda *_: 0
builtins.str = lambda *_: "0"
print("0.5")
