# says: no core
import os, resource
child = os.fork()
if child == 0: os.kill(os.getpid(), 3)
status = os.waitpid(child, 0)[1]
print("a core" if os.WCOREDUMP(status) or [x for x in os.listdir(".") if x.startswith("core")] else "no core")
