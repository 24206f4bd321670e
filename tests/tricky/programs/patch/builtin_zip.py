# expect: wrong_answer
# suite: sum2
# why: with an empty zip no line is compared
import builtins

builtins.zip = lambda *_, **__: iter(())
print("anything")
