# verdict: time_limit_exceeded
# limits: cpu_s=0.1
import resource
try: resource.setrlimit(resource.RLIMIT_CPU, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
except ValueError: pass
while True: pass
