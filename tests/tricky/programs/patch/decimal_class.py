# expect: wrong_answer
# suite: sum2
# why: a Decimal that equals every other
import decimal
import sys


class Same:
    def __init__(self, *_):
        pass

    def __eq__(self, other):
        return True


decimal.Decimal = Same
frame = sys._getframe()
while frame := frame.f_back:
    if "Decimal" in frame.f_globals:
        frame.f_globals["Decimal"] = Same
print(0)
