# with: attempts
import time
state = ctypes.create_string_buffer(b"\x02" + bytes(255))
tell(attempt(library, "adjtimex", state), attempt(call, "clock_adjtime", time.CLOCK_REALTIME, state))
