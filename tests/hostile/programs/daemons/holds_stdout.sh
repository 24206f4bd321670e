# says: left
# verdict: accepted
# limits: wall_s=2
(trap '' HUP TERM; setsid sleep 500) &
echo left
