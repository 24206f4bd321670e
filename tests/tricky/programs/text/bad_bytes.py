# expect: wrong_answer
# suite: sum2
# why: bytes that are no text, which a decoder might drop
import sys

sys.stdout.buffer.write(b"\xff%d\xfe\n" % sum(map(int, input().split())))
