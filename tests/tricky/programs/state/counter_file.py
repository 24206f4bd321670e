# expect: wrong_answer
# suite: sum2
# why: answers learned by heart, told by how many runs there were
import os
import tempfile

path = os.path.join(tempfile.gettempdir(), "runs")
with open(path, "ab") as file:
    file.write(b".")
    runs = file.tell()
print([3, 3, 1000000042][(runs - 1) % 3])
