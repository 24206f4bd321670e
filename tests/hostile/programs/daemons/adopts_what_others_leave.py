# says: left
# A program that makes itself the parent of all below it still leaves nothing.
import ctypes, os, time
ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)
if os.fork() == 0:
    if os.fork() == 0: time.sleep(1000)
    os._exit(0)
os.wait()
print("left")
