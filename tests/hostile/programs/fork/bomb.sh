# verdict: time_limit_exceeded, runtime_error
# limits: cpu_s=0.1 wall_s=0.3
bomb() { bomb | bomb & }
bomb; bomb
while :; do :; done
