# expect: accepted
# suite: check_add
# why: it prints, and has a main program of its own
import atexit

print("loaded")
atexit.register(print, "bye")


def add(a, b):
    print(a, b)
    return a + b


if __name__ == "__main__":
    print(add(int(input()), int(input())))
