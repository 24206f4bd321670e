# expect: accepted
# suite: byte
# why: any byte can be written
import sys

sys.stdout.buffer.write(bytes([int(input())]))
