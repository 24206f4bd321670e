# says: bounded
# verdict: accepted, memory_limit_exceeded
# limits: memory_mb=128
import fcntl, os
held, pipes = 0, []
try:
    for _ in range(400):
        pipes.append(os.pipe())
        fcntl.fcntl(pipes[-1][1], 1031, 1 << 20)
        os.set_blocking(pipes[-1][1], False)
        held += os.write(pipes[-1][1], bytes(1 << 20))
except OSError: pass
print("bounded" if held < 128 << 20 else f"{held} bytes")
