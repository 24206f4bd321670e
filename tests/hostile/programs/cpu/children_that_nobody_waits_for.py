# verdict: time_limit_exceeded
# limits: cpu_s=0.4 wall_s=60
import os
import signal

signal.signal(signal.SIGCHLD, signal.SIG_IGN)
for _ in range(10):
    if os.fork() == 0:
        sum(range(8_000_000))
        os._exit(0)
    try:
        os.wait()
    except ChildProcessError:
        pass
print("refused")
