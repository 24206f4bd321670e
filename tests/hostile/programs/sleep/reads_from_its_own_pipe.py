# verdict: time_limit_exceeded
# limits: wall_s=0.2
import os
os.read(os.pipe()[0], 1)
