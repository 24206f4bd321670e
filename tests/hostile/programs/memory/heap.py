# verdict: memory_limit_exceeded
kept = []
while True: kept.append(bytearray(1 << 20))
