# verdict: output_limit_exceeded
import os
zero = os.open("/dev/zero", os.O_RDONLY)
while True: os.write(1, os.read(zero, 1 << 16))
