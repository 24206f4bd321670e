# as: checker
# verdict: judge_error
import os, sys
os.symlink("/proc/@runner@/root@file@", sys.argv[3] + "judgemessage.txt")
sys.exit(43)
