# as: checker
# verdict: judge_error
# Without a link, an exit code that is nothing of a validator's: the verdict is the same.
import os, sys
try: os.link("@file@", sys.argv[3] + "judgemessage.txt")
except OSError: sys.exit(3)
sys.exit(43)
