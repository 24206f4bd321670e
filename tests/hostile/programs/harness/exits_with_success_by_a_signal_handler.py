# verdict: wrong_answer
import signal, sys
signal.signal(signal.SIGALRM, lambda *_: sys.exit(0))
signal.setitimer(signal.ITIMER_REAL, 0.01)
signal.pause()
