# inputs: abc
# says: b'' []
import os
print(os.pread(0, 1 << 20, 4), [name for name in os.listdir(".") if name != "main.py"])
