# expect: accepted
# suite: squares
# why: a logger that writes to stdout
import logging
import sys

logging.basicConfig(stream=sys.stdout, level=logging.INFO, format="%(message)s")
input()
for x in input().split():
    logging.info(int(x) ** 2)
