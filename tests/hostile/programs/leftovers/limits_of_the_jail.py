# says: same | same
# inputs: first | second
# Whatever is lowered for the process that the next test is forked from would be lowered for the next test.
import os, resource
kinds = (resource.RLIMIT_FSIZE, resource.RLIMIT_NOFILE)
print("same" if resource.getrlimit(resource.RLIMIT_NOFILE)[1] > 900 else "lowered")
try: resource.prlimit(os.getppid(), resource.RLIMIT_NOFILE, (100, 100))
except OSError: pass
