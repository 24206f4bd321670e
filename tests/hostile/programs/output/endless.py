# verdict: output_limit_exceeded
while True: print("x" * 9999)
