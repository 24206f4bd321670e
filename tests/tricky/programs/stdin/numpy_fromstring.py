# expect: accepted
# suite: total
# why: numpy's reader over stdin
# needs: numpy
import sys

import numpy as np

print(np.loadtxt(sys.stdin, dtype=np.int64)[1:].sum())
