# expect: wrong_answer
# suite: sum2
# why: the helper that makes numbers of a line replaced
import sys

for module in list(sys.modules.values()):
    if hasattr(module, "convert_line_to_decimals"):
        module.convert_line_to_decimals = lambda line: (True, [])
frame = sys._getframe()
while frame := frame.f_back:
    if "convert_line_to_decimals" in frame.f_globals:
        frame.f_globals["convert_line_to_decimals"] = lambda line: (True, [])
print(0)
