# expect: accepted
# suite: sum2
# why: the program starts another Python
import subprocess
import sys

code = "import sys; print(sum(map(int, sys.argv[1:])))"
print(subprocess.check_output([sys.executable, "-c", code, *input().split()], text=True).strip())
