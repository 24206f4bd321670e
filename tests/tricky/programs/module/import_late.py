# expect: accepted
# suite: sum2
# why: an import after the code that does not need it, a name used before it is rebound
re = input()
import re as patterns

print(sum(map(int, patterns.findall(r"-?\d+", re))))
