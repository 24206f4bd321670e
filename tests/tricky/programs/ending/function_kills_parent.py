# expect: runtime_error
# suite: add
# why: it kills whoever waits for it, if it can
import os
import signal


def add(a, b):
    try:
        os.kill(os.getppid(), signal.SIGKILL)
    except OSError:
        pass
    os._exit(0)
