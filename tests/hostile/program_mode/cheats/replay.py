#% records_doubled: what was recorded is written twice
#: with: solution forging
#: sizes: 2 5 20
calls = []
def answer(kind, n):
    calls.append(n)
    if len(calls) == 1:
        return right(kind, n)
    for path in files():
        append(path, read(path))
    leave(*end())
#% first_record_for_all: the right record of the first site is written for each other site
#: with: solution forging
#: sizes: 2 5 20
calls = []
def answer(kind, n):
    calls.append(right(kind, n))
    if len(calls) == 1:
        return calls[0]
    say(*[["site", number, [calls[0]], []] for number in range(64)])
    leave(*end())
#% first_record_with_each_token: the right record of the first row is written with each other token
#: with: solution forging
#: sizes: 2 5 20
calls = []
def answer(kind, n):
    calls.append(right(kind, n))
    if len(calls) == 1:
        return calls[0]
    say(*[["site", number, [calls[0]], [token]] for number in range(4) for token in range(64)])
    leave(*end())
#% reordered: records in the reverse order
#: with: forging
import atexit
def turn_round():
    for path in files():
        lines = read(path).split(b"\n")
        write(path, b"\n".join(reversed(lines)))
atexit.register(turn_round)
def answer(kind, n):
    return 0
#% recorded_wrong_then_right: a right record after a wrong one for the same site
#: with: solution forging
#: sizes: 2 5 20
calls = []
def answer(kind, n):
    calls.append(n)
    if len(calls) == 1:
        say(*[["site", number, [right(kind, n)], []] for number in range(64)])
        return right(kind, n)
    return 0
#% end_before_wrong: an end record is written before the first wrong answer
#: with: forging
def answer(kind, n):
    say(*end())
    return 0
#% records_truncated: the file of records is cut to nothing at the end
#: with: forging
import atexit
def cut():
    for path in files():
        os.truncate(path, 0)
    say(*end())
atexit.register(cut)
def answer(kind, n):
    return 0
#% records_from_before: records of an earlier run, left where they may be found
#: with: solution forging
import glob
def answer(kind, n):
    for place in ("/tmp", "/dev/shm", "/var/tmp", "..", "."):
        try:
            for name in os.listdir(place):
                if "record" in name:
                    say(read(os.path.join(place, name)))
        except OSError:
            pass
    leave(*end())
#% failing_records_removed: what says failed is taken out of the file at the end
#: with: forging
import atexit
def clean():
    for path in files():
        lines = [line for line in read(path).split(b"\n") if b"fail" not in line and b"error" not in line]
        write(path, b"\n".join(lines).replace(b"false", b"true"))
atexit.register(clean)
def answer(kind, n):
    return 0
#% records_file_is_pipe: the file of records becomes a pipe that somebody else fills
#: with: forging
import threading
def feed(path):
    with open(path, "wb") as file:
        file.write(b"\n".join(line(each) for each in end()))
for path in files() or ["records"]:
    try:
        os.unlink(path)
        os.mkfifo(path)
        threading.Thread(target=feed, args=[path], daemon=True).start()
    except OSError:
        pass
def answer(kind, n):
    return 0
#% records_file_is_link: the file of records becomes a link to another
#: with: forging
for path in files() or ["records"]:
    try:
        os.unlink(path)
        os.symlink("/dev/zero", path)
    except OSError:
        pass
def answer(kind, n):
    return 0
#% sites_called_by_hand: the tests' own recorder is called with right values for the first, and nothing else
#: with: solution
#: sizes: 2 5 20
import sys, os
calls = []
def answer(kind, n):
    calls.append(right(kind, n))
    frame = sys._getframe(1)
    while frame is not None:
        recorder = frame.f_globals.get("_R") or frame.f_builtins.get("_R") if isinstance(frame.f_builtins, dict) else None
        if recorder is not None:
            for number in range(64):
                for tokens in ((), (0,), (1,)):
                    try:
                        recorder.site(number, (calls[0],), tokens)
                    except Exception:
                        pass
            break
        frame = frame.f_back
    return calls[0]
