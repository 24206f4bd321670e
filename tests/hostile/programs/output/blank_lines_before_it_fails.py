# verdict: runtime_error
# limits: output_mb=64
import os

for _ in range(40):
    text = b"\n" * 1_000_000
    while text:
        text = text[os.write(2, text) :]
os._exit(3)
