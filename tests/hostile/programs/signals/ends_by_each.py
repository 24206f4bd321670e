# verdict: runtime_error
# inputs: 3 | 4 | 6 | 7 | 8 | 11 | 31
import os, signal
number = int(input())
signal.signal(number, signal.SIG_DFL)
os.kill(os.getpid(), number)
