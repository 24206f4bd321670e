# expect: wrong_answer, runtime_error
# suite: check_add
# why: assertions switched off by another AssertionError
import builtins


class Nothing(Exception):
    def __new__(cls, *args):
        raise SystemExit(0)


builtins.AssertionError = Nothing


def add(a, b):
    return None
