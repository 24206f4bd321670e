# says: none
import os
usable = []
for number in range(3, 4096):
    try: os.fstat(number)
    except OSError: continue
    usable.append(number)
print(usable or "none")
