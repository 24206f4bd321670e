# verdict: runtime_error
import os
try: open("/proc/self/coredump_filter", "w").write("0x7f")
except OSError: pass
os.kill(os.getpid(), 11)
