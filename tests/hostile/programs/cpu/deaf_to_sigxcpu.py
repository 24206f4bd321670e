# verdict: time_limit_exceeded
# limits: cpu_s=0.1
import signal
for number in set(signal.valid_signals()) - {signal.SIGKILL, signal.SIGSTOP}: signal.signal(number, signal.SIG_IGN)
while True: pass
