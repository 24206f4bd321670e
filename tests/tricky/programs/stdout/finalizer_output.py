# expect: accepted
# suite: squares
# why: a finalizer runs before the end
import weakref


class Owner:
    pass


input()
owner = Owner()
weakref.finalize(owner, print, *[int(x) ** 2 for x in input().split()], sep="\n")
