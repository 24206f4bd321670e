# says: left
# verdict: accepted
(trap '' HUP TERM; setsid sleep 500) &
echo left
