# verdict: runtime_error
# limits: cpu_s=2 wall_s=10 memory_mb=64 output_mb=64 processes=16
import os

for _ in range(40):
    text = b"\n" * 1_000_000
    while text:
        text = text[os.write(2, text) :]
os._exit(3)
