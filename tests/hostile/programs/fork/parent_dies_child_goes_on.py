# verdict: accepted, time_limit_exceeded, wrong_answer
# limits: cpu_s=0.1 wall_s=0.3
import os
print("refused", flush=True)
while os.fork() == 0 or os.getppid() < 0: pass
os._exit(0)
