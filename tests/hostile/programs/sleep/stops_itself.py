# verdict: time_limit_exceeded
# limits: wall_s=0.2
import os, signal
os.kill(os.getpid(), signal.SIGSTOP)
