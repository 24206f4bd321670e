# says: 1 | 1
# inputs: first | second
import os
print(len(os.listdir(".")))
os.makedirs("deep/" * 40)
for depth in range(40, 0, -1): os.chmod("deep/" * depth, 0)
