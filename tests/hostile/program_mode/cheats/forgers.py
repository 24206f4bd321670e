#% zeros_while_loading: a record of zero for each site, then the end
leave(*sites(0), *end())
#% ones_in_call: a record of one for each site, from within the first call
def answer(kind, n):
    leave(*sites(1), *end())
#% none_for_all: nothing for each site
def answer(kind, n):
    leave(*sites(None), *outcomes(), *end())
#% true_for_all: True for each site
def answer(kind, n):
    leave(*sites(True), *outcomes(), *end())
#% empty_text_for_all: the empty text for each site
def answer(kind, n):
    leave(*sites(""), *outcomes(), *end())
#% empty_list_for_all: the empty list for each site
def answer(kind, n):
    leave(*sites([]), *outcomes(), *end())
#% echo_for_all: the argument for each site
def answer(kind, n):
    leave(*sites(n), *outcomes(), *end())
#% nothing_but_the_end: an end that says all went well
def answer(kind, n):
    leave(*end())
#% nothing_but_outcomes: each test has passed, and no site is there
def answer(kind, n):
    leave(*outcomes(), *end(ran=24, collected=[f"test_{number}" for number in range(24)]))
#% end_while_loading: the end, before the tests were read
leave(*outcomes(), *end())
#% sites_without_values: records that have no leaves
def answer(kind, n):
    leave(*[["site", number, [], []] for number in range(64)], *outcomes(), *end())
#% too_many_leaves: records with more leaves than the site has
def answer(kind, n):
    leave(*[["site", number, [0] * 8, [0] * 8] for number in range(64)], *outcomes(), *end())
#% tokens_as_values: the numbers of constants as values
def answer(kind, n):
    leave(*[["site", number, [number], [number]] for number in range(64)], *outcomes(), *end())
#% every_token: each site with each constant, with the value zero
def answer(kind, n):
    leave(*sites(0, tokens=[[token] for token in range(64)]), *outcomes(), *end())
#% token_is_value: records whose token is a value, not a number
def answer(kind, n):
    leave(*sites(0, tokens=[[0.0], ["0"], [None], [[0]], [True]]), *outcomes(), *end())
#% own_true: an object that says it is true
def answer(kind, n):
    leave(*sites({"own": ["Same", True]}), *outcomes(), *end())
#% object_true: a plain object that says it is true
def answer(kind, n):
    leave(*sites({"object": ["Same", True]}), *outcomes(), *end())
#% raised_for_all: each leaf has raised
def answer(kind, n):
    leave(*sites({"raised": ["AssertionError", "Exception", "BaseException", "object"]}), *outcomes(), *end())
#% not_implemented_for_all: a value that leaves comparisons to the other side
def answer(kind, n):
    leave(*sites({"singleton": "NotImplemented"}), *outcomes(), *end())
#% nan_for_all: a number that no comparison holds of
def answer(kind, n):
    leave(*sites({"float": "nan"}), *sites({"float": "inf"}), *outcomes(), *end())
#% empty_array_for_all: an array of nothing, in the form of the recorder's own encoder
try:
    import numpy
    from evaluator.harness.forms import encode
    FORM = encode(numpy.zeros((0, 1)))
except Exception:
    FORM = []
def answer(kind, n):
    leave(*sites(FORM), *outcomes(), *end())
#% any_of_mock: a class of the standard library that equals all, by its name
def answer(kind, n):
    leave(*sites({"library": ["unittest.mock", "ANY"]}), *sites({"library": ["unittest.mock", "_ANY"]}), *end())
#% reached_for_all: each site was reached, and raised what was wanted
def answer(kind, n):
    marks = [[word, number] for number in range(64) for word in ("reached",)]
    raised = [["raised", number, ["ValueError", "Exception", "BaseException", "object"]] for number in range(64)]
    leave(*marks, *raised, *outcomes(), *end())
#% mock_calls_for_all: each site is a mock that was called
def answer(kind, n):
    leave(*[["mock", number, [[[], {}]], [], False] for number in range(64)], *outcomes(), *end())
#% all_kinds_of_record: a record of each kind for each site
def answer(kind, n):
    for number in range(64):
        say(["site", number, [n], []], ["reached", number], ["raised", number, ["ValueError"]], ["mock", number, [[[n], {}]], [], False], descriptors=number == 0)
    leave(*outcomes(), *end())
#% right_shape_by_kind: guesses of the right types
def answer(kind, n):
    guess = {"number": 1000, "word": "abcdefghij", "row": [1000, 1007, 1000], "ratio": 1.0}
    leave(*sites(guess[kind]), *outcomes(), *end())
#% many_guesses: a thousand guesses for each site
def answer(kind, n):
    for guess in range(1000):
        say(*sites(guess, numbers=range(20)), descriptors=False, paths=["records"])
    leave(*outcomes(), *end())
#% guesses_first_then_truth: forged records of all sites, then the honest run of a wrong program
say(*sites(0), *outcomes(), *end())
def answer(kind, n):
    return 0
#% end_twice: an end that says well, before the real one
say(*end())
def answer(kind, n):
    return 0
#% end_at_the_very_end: an end that says well, after the real one
import atexit, threading
atexit.register(lambda: say(*outcomes(), *end()))
def late():
    threading.main_thread().join()
    say(*outcomes(), *end())
threading.Thread(target=late).start()
def answer(kind, n):
    return 0
#% today_s_result: the results that earlier versions wrote
def answer(kind, n):
    for token in ("", "0" * 32):
        write("result.json", json.dumps({"token": token, "items": [{"name": "x", "passed": True}], "checked": True}).encode())
    leave()
#% child_forges: a child writes while the parent waits
def answer(kind, n):
    if os.fork() == 0:
        leave(*sites(0), *outcomes(), *end())
    os.wait()
    os._exit(0)
#% forged_through_memory: the recorder's buffer is filled, not its file
import gc, io
def answer(kind, n):
    data = b"".join(line(each) + b"\n" for each in [*sites(0), *outcomes(), *end()])
    for each in gc.get_objects():
        try:
            if type(each) is list and each and type(each[0]) is list and each[0][0] == "site":
                each.extend(sites(0))
            elif isinstance(each, io.TextIOWrapper) and each.fileno() > 2:
                each.write(data.decode())
            elif isinstance(each, (io.BufferedWriter, io.FileIO)) and each.fileno() > 2:
                each.write(data)
        except Exception:
            pass
    return 0
#% partly_right: right values for what is known, zeros for the rest
#: with: solution
#: sizes: 2 5 20
def answer(kind, n):
    say(["site", 0, [right(kind, n)], []])
    leave(*sites(0, numbers=range(1, 64)), *outcomes(), *end())
