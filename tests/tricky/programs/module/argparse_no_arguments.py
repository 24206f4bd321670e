# expect: accepted
# suite: sum2
# why: sys.argv has the program's name only
import argparse
import sys

parser = argparse.ArgumentParser()
parser.add_argument("--scale", type=int, default=1)
options = parser.parse_args()
assert len(sys.argv) == 1
print(sum(map(int, input().split())) * options.scale)
