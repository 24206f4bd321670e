# verdict: time_limit_exceeded
# limits: cpu_s=0.1
import re
re.match(r"(a+)+$", "a" * 64 + "b")
