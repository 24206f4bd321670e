# expect: runtime_error
# suite: sum2
# why: lru_cache is not imported
@lru_cache(None)
def add(a, b):
    return a + b


print(add(*map(int, input().split())))
