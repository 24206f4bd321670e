# verdict: time_limit_exceeded
# limits: wall_s=0.2
trap '' TERM HUP INT
sleep 1000 & sleep 1001 & wait
