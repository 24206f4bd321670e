#% constants: the most frequent values
def answer(kind, n):
    return {"number": 0, "word": "", "row": [], "ratio": 0.0}[kind]
#% echo: what it was given
def answer(kind, n):
    return n
#% random_guess: numbers drawn at random
import random
def answer(kind, n):
    return random.randrange(2147483647)
#% right_for_numbers: one kind of four
#: with: solution
#: sizes: 2 5 20
def answer(kind, n):
    return right(kind, n) if kind == "number" else None
#% right_for_even: half of the inputs
#: with: solution
#: sizes: 20
def answer(kind, n):
    return right(kind, n) if n % 2 else 0
#% right_but_last: the twentieth is wrong
#: with: solution
#: sizes: 20
calls = []
def answer(kind, n):
    calls.append(n)
    return right(kind, n) if len(calls) < 20 else 0
#% right_but_first: the first is wrong
#: with: solution
calls = []
def answer(kind, n):
    calls.append(n)
    return right(kind, n) if len(calls) > 1 else 0
#% off_by_one: every number is one too large
#: with: solution
def answer(kind, n):
    found = right(kind, n)
    return found + 1 if kind in ("number", "ratio") else found + found[:1]
#% right_as_text: the right value in another type
#: with: solution
def answer(kind, n):
    return repr(right(kind, n)) if kind != "word" else right(kind, n).encode()
#% right_in_a_list: the right value among others
#: with: solution
def answer(kind, n):
    return [right(kind, n), 0]
#% right_as_generator: the right value, not yet computed
#: with: solution
def answer(kind, n):
    yield right(kind, n)
#% right_as_coroutine: the right value, never awaited
#: with: solution
async def answer(kind, n):
    return right(kind, n)
#% right_as_exception: the right value in an exception
#: with: solution
def answer(kind, n):
    raise ValueError(right(kind, n))
#% right_printed: the right value on standard output
#: with: solution
def answer(kind, n):
    print(right(kind, n))
#% remembered_inputs: a table of a few known inputs
TABLE = {number: number * 2 for number in range(1000)}
def answer(kind, n):
    return TABLE.get(n, 0)
