# verdict: time_limit_exceeded
# limits: cpu_s=0.1
while True: pass
