# verdict: wrong_answer
# limits: cpu_s=2 wall_s=10 memory_mb=64 output_mb=64 processes=16
import os

for _ in range(30):
    text = b"[] " * 500_000
    while text:
        text = text[os.write(1, text) :]
