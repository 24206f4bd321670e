# verdict: time_limit_exceeded
# limits: cpu_s=0.1
import os
zero, null = os.open("/dev/zero", os.O_RDONLY), os.open("/dev/null", os.O_WRONLY)
while True: os.write(null, os.read(zero, 1 << 22))
