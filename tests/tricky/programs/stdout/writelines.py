# expect: accepted
# suite: squares
# why: writelines takes any iterable
import sys

sys.stdin.readline()
sys.stdout.writelines(f"{int(x) ** 2}\n" for x in sys.stdin.readline().split())
