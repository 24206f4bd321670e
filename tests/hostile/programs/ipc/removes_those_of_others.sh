# says: refused
ipcrm --all 2>/dev/null >&2 && ipcs -m 2>/dev/null | grep -q 0x && echo removed
ipcmk -M 4096 2>/dev/null && echo made
ipcmk -Q 2>/dev/null && echo made
ipcmk -S 1 2>/dev/null && echo made
echo refused
