# with: attempts
import time
tell(attempt(time.clock_settime, time.CLOCK_REALTIME, time.time()), attempt(library, "settimeofday", (ctypes.c_long * 2)(1, 0), None))
