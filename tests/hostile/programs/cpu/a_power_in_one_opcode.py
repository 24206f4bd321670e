# verdict: time_limit_exceeded
# limits: cpu_s=0.1
7 ** (7 ** 10)
