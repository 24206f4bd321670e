# verdict: time_limit_exceeded
# limits: cpu_s=0.1
trap '' TERM XCPU INT HUP
while :; do :; done
