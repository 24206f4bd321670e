# expect: runtime_error
# suite: sum2
# why: an exception that is no subclass of Exception
class Stop(BaseException):
    pass


print(sum(map(int, input().split())))
raise Stop
