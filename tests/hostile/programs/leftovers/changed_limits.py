# says: 1 | 1
# inputs: first | second
import os, resource, signal
print(int(resource.getrlimit(resource.RLIMIT_NOFILE)[0] > 64 and os.getpriority(os.PRIO_PROCESS, 0) < 19 and signal.getsignal(signal.SIGTERM) == signal.SIG_DFL), flush=True)
resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64)); os.nice(19); signal.signal(signal.SIGTERM, signal.SIG_IGN)
