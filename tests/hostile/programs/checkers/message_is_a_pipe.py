# as: checker
# verdict: judge_error
import os, sys
os.mkfifo(sys.argv[3] + "judgemessage.txt")
if os.fork() == 0: os.open("feedback/judgemessage.txt", os.O_WRONLY)
sys.exit(43)
