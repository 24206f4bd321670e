# says: refused
date -s '2001-01-01' >/dev/null 2>&1 && echo set
hwclock --systohc 2>/dev/null && echo set
echo refused
