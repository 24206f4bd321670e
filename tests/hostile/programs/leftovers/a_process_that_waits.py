# says: alone | alone
# inputs: first | second
import os, time
def cmdline(pid):
    try: return open(f"/proc/{pid}/cmdline").read()
    except OSError: return ""
alive = [pid for pid in range(2, os.getpid()) if "@half@left" in cmdline(pid)]
print(alive or "alone", flush=True)
if os.fork() == 0:
    os.setsid()
    os.execvp("sleep", ["@half@left", "1000"])
