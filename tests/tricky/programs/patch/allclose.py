# expect: wrong_answer
# suite: minus_one
# why: numpy's comparison replaced, where there is a numpy
import sys

if "numpy" in sys.modules:
    sys.modules["numpy"].allclose = lambda *_, **__: True
print("0.5")
