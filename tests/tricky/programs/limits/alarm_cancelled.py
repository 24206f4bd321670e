# expect: time_limit_exceeded
# suite: sum2_short
# why: it cancels alarms and goes on for ever
import signal

signal.alarm(0)
signal.signal(signal.SIGALRM, signal.SIG_IGN)
while True:
    pass
