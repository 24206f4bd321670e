# verdict: runtime_error
import os
file = os.open("big", os.O_CREAT | os.O_WRONLY)
os.ftruncate(file, 1 << 40)
