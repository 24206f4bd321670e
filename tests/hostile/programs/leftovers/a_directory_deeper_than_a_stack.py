# says: 1 | 1
# inputs: first | second
import os
print(len(os.listdir(".")), flush=True)
for _ in range(1500):
    os.mkdir("d")
    os.chdir("d")
os.chmod("..", 0)
