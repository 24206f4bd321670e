# expect: runtime_error, wrong_answer
# suite: add
# why: whatever the harness writes to, it writes there first and closes it
import os


def add(a, b):
    for descriptor in range(1, 64):
        try:
            os.write(descriptor, b'{"result": %d, "value": %d, "ok": true}\n' % (a + b, a + b))
            os.close(descriptor)
        except OSError:
            continue
    os._exit(0)
