# expect: time_limit_exceeded
# suite: sum2_short
# why: one call of C code that no Python signal handler gets into
import re

print(sum(map(int, input().split())), flush=True)
re.match(r"(a|aa)+$", "a" * 60 + "b")
