# as: checker
# verdict: judge_error
import os, sys
os.unlink("feedback/.keep"); os.rmdir("feedback"); os.symlink("/proc/@runner@/cwd", "feedback")
sys.exit(43)
