# expect: accepted
# suite: sum2
# why: a decorator that runs the function at once
def run(function):
    function()
    return function


@run
def main():
    print(sum(map(int, input().split())))
