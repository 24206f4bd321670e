# expect: wrong_answer
# suite: sum2
# why: the same, counted in a module that might live on
import math

math.runs = getattr(math, "runs", 0) + 1
print([3, 3, 1000000042][(math.runs - 1) % 3])
