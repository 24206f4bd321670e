# verdict: wrong_answer
# limits: output_mb=64
import os

for _ in range(30):
    text = b"[] " * 500_000
    while text:
        text = text[os.write(1, text) :]
