# verdict: memory_limit_exceeded
# limits: cpu_s=3 wall_s=6
kept = []
while True: kept.append({len(kept): [kept[-1:]]})
