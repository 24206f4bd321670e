# says: left | left
# inputs: first | second
# A daemon of the first test would spoil the second one's output.
import os, time
print("left", flush=True)
if os.fork() == 0:
    os.setsid()
    while True: os.write(1, b"" if os.getppid() else b"x"); time.sleep(0.01)
