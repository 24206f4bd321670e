# verdict: time_limit_exceeded
# limits: cpu_s=0.4 wall_s=60 memory_mb=1024 processes=32
import os
import signal
import time

signal.signal(signal.SIGCHLD, signal.SIG_IGN)
for _ in range(20):
    pipes = [os.pipe() for _ in range(20)]
    for reading, _ in pipes:
        if os.fork() == 0:
            os.read(reading, 1)
            sum(range(300_000))
            os._exit(0)
    time.sleep(0.03)
    for reading, writing in pipes:
        os.write(writing, b"x")
        time.sleep(0.005)
        os.close(reading)
        os.close(writing)
    try:
        os.wait()
    except ChildProcessError:
        pass
print("refused")
