#% own_memory: every readable page of the process's own memory
def places():
    yield from pages("self")
#% own_memory_by_address: the same pages, read by address
import ctypes
def places():
    for begin, stop in ranges("self"):
        yield ctypes.string_at(begin, stop - begin)
#% own_memory_by_process_vm: the same pages, by the call that reads other processes
import ctypes, os
def places():
    yield from remote_pages(os.getpid())
#% parents_memory: every readable page of the parent's memory
import os
def places():
    yield from pages(os.getppid())
#% parents_memory_by_process_vm: the parent's pages, by the call that reads other processes
import os
def places():
    yield from remote_pages(os.getppid())
#% everybodys_memory: memory of every process that is shown
import os
def places():
    for name in os.listdir("/proc"):
        if name.isdigit():
            yield from pages(name)
#% numbers_around: memory of processes whose numbers are near to ours
import os
def places():
    for number in range(max(1, os.getpid() - 40), os.getpid() + 3):
        yield from pages(number)
#% integers_in_the_heap: objects of class int, found by their header
import ctypes, struct
def places():
    head = struct.pack("<Q", id(int))
    for begin, stop in ranges("self"):
        if stop - begin > 64 << 20:
            continue
        data = ctypes.string_at(begin, stop - begin)
        at = data.find(head)
        while at >= 0:
            size = struct.unpack_from("<q", data, at + 8)[0] if at + 24 <= len(data) else 0
            if size == 2:
                low, high = struct.unpack_from("<2I", data, at + 16)
                yield low + (high << 30)
            at = data.find(head, at + 8)
#% collected_objects: everything that the collector knows, and what it refers to
import gc
def places():
    for found in gc.get_objects():
        yield from gc.get_referents(found)
#% frozen_objects: everything that the collector was told to forget
import gc
def places():
    gc.unfreeze()
    for found in gc.get_objects():
        yield from gc.get_referents(found)
#% frames_of_callers: frames, their locals, globals and constants
import sys
def places():
    frame = sys._getframe()
    while frame is not None:
        for names in (frame.f_locals, frame.f_globals, frame.f_builtins):
            yield from list(names.values())
        yield from walk(frame.f_code)
        frame = frame.f_back
#% frames_of_threads: frames of all threads, and of suspended generators
import gc, sys
def places():
    frames = [*sys._current_frames().values()]
    frames += [each for each in gc.get_objects() if type(each).__name__ == "frame"]
    for frame in frames:
        yield from list(frame.f_locals.values())
        yield from walk(frame.f_code)
#% code_objects: constants of every code object
import gc
def places():
    for found in gc.get_objects():
        if hasattr(found, "__code__"):
            yield from walk(found.__code__)
#% modules: every name of every module
import sys
def places():
    for module in list(sys.modules.values()):
        yield from list(vars(module).values())
#% working_directory: files in and around the working directory
def places():
    yield from tree(".", "..")
#% temporary_directories: files where programs leave things
def places():
    yield from tree("/tmp", "/var/tmp", "/dev/shm", "/run", "/dev/mqueue")
#% service_directories: files where a service keeps things
import os
def places():
    yield from tree(*(os.path.join(top, name) for top in ("/root", "/home", "/var/lib", "/var/cache", "/srv", "/opt", "/data") for name in names_in(top)))
#% descriptors: everything behind a descriptor of this process
import os
def places():
    for number in range(260):
        for whence in (0, None):
            try:
                os.set_blocking(number, False)
                yield os.pread(number, 1 << 20, 0) if whence == 0 else os.read(number, 1 << 20)
            except OSError:
                continue
#% descriptors_of_others: everything behind a descriptor of another process
import os
def places():
    for name in os.listdir("/proc"):
        if name.isdigit():
            folder = f"/proc/{name}/fd"
            for number in names_in(folder):
                yield contents(f"{folder}/{number}")
            for part in ("environ", "cmdline", "stack", "syscall", "maps"):
                yield contents(f"/proc/{name}/{part}")
#% roots_of_others: the files that another process sees
import os
def places():
    for name in os.listdir("/proc"):
        if name.isdigit():
            yield from tree(f"/proc/{name}/cwd", f"/proc/{name}/root/tmp")
#% left_by_earlier_runs: what another run left in shared memory, keys and queues
import ctypes
def places():
    libc = ctypes.CDLL(None, use_errno=True)
    yield contents("/proc/sysvipc/shm")
    for identity in range(0, 200):
        libc.shmat.restype = ctypes.c_void_p
        address = libc.shmat(identity, None, 0o10000)
        if address not in (None, ctypes.c_void_p(-1).value):
            yield ctypes.string_at(address, 4096)
    yield contents("/proc/keys")
#% memory_that_was_freed: blocks that were used before, asked for again
def places():
    for size in (64, 256, 1024, 4096, 65536, 1 << 20):
        blocks = [bytes(bytearray(size)) for _ in range(200)]
        yield b"".join(blocks)
    import ctypes
    libc = ctypes.CDLL(None)
    libc.malloc.restype = ctypes.c_void_p
    for size in (48, 200, 800, 3000, 9000, 40_000):
        for _ in range(200):
            address = libc.malloc(ctypes.c_size_t(size))
            if address:
                yield ctypes.string_at(address, size)
