# says: bounded
# limits: memory_mb=512
import os, resource
try: resource.setrlimit(resource.RLIMIT_NPROC, (4096, 4096))
except (ValueError, OSError): pass
made = []
try:
    while len(made) < 200:
        made.append(os.fork())
        if made[-1] == 0: os.read(os.pipe()[0], 1)
except OSError: pass
print("bounded" if len(made) < 17 else f"made {len(made)}")
