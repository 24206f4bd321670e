# as: checker
# verdict: wrong_answer, judge_error
import ctypes, os, sys, time
os.makedirs("../tmp/d")
os.symlink("@file@", "../tmp/d/judgemessage.txt")
os.symlink("../tmp/d", "link")
libc = ctypes.CDLL(None)
if os.fork() == 0:
    while True: libc.renameat2(-100, b"feedback", -100, b"link", 2)
time.sleep(0.05)
sys.exit(43)
