# expect: accepted
# suite: total
# why: a child process inherits stdin
import subprocess

text = subprocess.run(["cat"], capture_output=True, check=True, text=True).stdout
print(sum(map(int, text.split()[1:])))
