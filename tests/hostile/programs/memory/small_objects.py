# verdict: memory_limit_exceeded
kept = []
while True: kept.append({len(kept): [kept[-1:]]})
