# expect: accepted
# suite: squares
# why: a child process writes to the same stdout
import subprocess

input()
for x in input().split():
    subprocess.run(["echo", str(int(x) ** 2)], check=True)
