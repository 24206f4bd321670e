# verdict: time_limit_exceeded
# limits: wall_s=0.2
import os, signal
if os.fork() and os.fork(): os.wait()
os.kill(os.getpid(), signal.SIGSTOP)
