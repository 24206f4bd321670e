# verdict: time_limit_exceeded
# limits: cpu_s=0.1 wall_s=0.3
import subprocess
while True:
    try: subprocess.Popen(["/bin/sh", "-c", "sleep 100 & sleep 100"])
    except OSError: pass
