# verdict: wrong_answer, runtime_error
import builtins, os, sys
os._exit = sys.exit = builtins.exit = lambda *_: None
builtins.print = lambda *_, **__: None
print("refused")
