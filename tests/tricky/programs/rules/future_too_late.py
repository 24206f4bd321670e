# expect: compile_error
# suite: sum2
# why: a future statement after other code
print(sum(map(int, input().split())))
from __future__ import annotations
