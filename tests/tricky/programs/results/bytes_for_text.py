# expect: wrong_answer, runtime_error
# suite: greet
# why: bytes where a text is expected
def greet(name):
    return f"Hello, {name}!".encode()
