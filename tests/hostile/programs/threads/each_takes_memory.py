# verdict: memory_limit_exceeded
import threading
kept = []
def take():
    for _ in range(64): kept.append(bytes(1 << 20) + b"x")
for _ in range(4): threading.Thread(target=take).start()
gate = threading.Event()
gate.wait(50)
