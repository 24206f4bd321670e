# expect: accepted
# suite: sum2
# why: modules by their names as strings
import importlib

reduce = importlib.import_module("functools").reduce
print(reduce(__import__("operator").add, map(int, input().split())))
