# verdict: output_limit_exceeded
import os
os.fork()
os.fork()
while True: os.write(1 + os.getpid() % 2, b"y" * 4096)
