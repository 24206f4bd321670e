# says: left
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.chdir("/")
        for number in (0, 1, 2): os.close(number)
        time.sleep(1000)
    os._exit(0)
os.wait()
print("left")
