# verdict: runtime_error
import os, resource
try: resource.setrlimit(resource.RLIMIT_CORE, (1 << 30, 1 << 30))
except (ValueError, OSError): pass
os.abort()
