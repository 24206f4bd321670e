# as: checker
# verdict: judge_error
import os, sys
os.makedirs("../tmp/d")
os.symlink("@file@", "../tmp/d/judgemessage.txt")
os.unlink("feedback/.keep"); os.rmdir("feedback"); os.symlink("../tmp/d", "feedback")
sys.exit(42)
