# as: checker
# verdict: judge_error
import os, sys
os.symlink("@file@", sys.argv[3] + "judgemessage.txt")
sys.exit(43)
