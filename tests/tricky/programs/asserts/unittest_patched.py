# expect: wrong_answer, runtime_error
# suite: unit_divide
# why: the methods of TestCase replaced
import unittest

for name in dir(unittest.TestCase):
    if name.startswith("assert"):
        setattr(unittest.TestCase, name, lambda *_, **__: None)
unittest.main = lambda *_, **__: None


def divide(a, b):
    return 0
