# expect: accepted
# suite: byte
# why: undecodable bytes written as text with surrogateescape
import sys

sys.stdout.reconfigure(errors="surrogateescape")
print(end=bytes([int(input())]).decode(errors="surrogateescape"))
