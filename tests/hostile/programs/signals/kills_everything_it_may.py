# verdict: runtime_error, accepted
import os, signal
os.kill(-1, signal.SIGKILL)
print("refused")
