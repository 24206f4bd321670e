"""Programs that import numpy find it imported, and nothing else is as if they had not imported it themselves."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

import pytest

from sandbox.execution import Input, PythonScript
from sandbox.limits import RunLimits
from sandbox.sandbox import Sandbox
from sandbox.session import BatchRequest
from sandbox.toolchain import python_runtime

LIMITS = RunLimits(cpu_s=20.0, wall_s=60.0)
IS_WARM = "import sys\nprint('numpy' in sys.modules)\n"


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    runtime = python_runtime(None)
    if runtime.with_library("numpy") is None:
        pytest.skip(f"{runtime.python} has no numpy")
    opened = Sandbox(runtime, cache=tmp_path_factory.mktemp("sandbox") / "compiled")
    yield opened
    opened.close()


def output(sandbox: Sandbox, code: str, **files: str) -> str:
    sources = {"main.py": textwrap.dedent(code).encode()} | {
        f"{name}.py": text.encode() for name, text in files.items()
    }
    execution = sandbox.run(PythonScript(("main.py",), sources), LIMITS)
    assert execution.clean, execution.stderr
    return execution.stdout.decode()


@pytest.mark.parametrize(
    "line", ["import numpy", "    from numpy import array", "import sys, numpy as np", "import numpy.linalg"]
)
def test_a_program_that_imports_it_finds_it_imported(sandbox: Sandbox, line: str) -> None:
    assert output(sandbox, IS_WARM + f"if True:\n    {line.strip()}") == "True\n"


@pytest.mark.parametrize("line", ["# import numpy", "x = 'numpy'", "import numpyro_of_mine", "__import__('numpy')"])
def test_any_other_program_does_not(sandbox: Sandbox, line: str) -> None:
    assert output(sandbox, IS_WARM + line, numpyro_of_mine="") == "False\n"


def test_a_file_of_its_name_beside_the_program_goes_first(sandbox: Sandbox) -> None:
    assert output(sandbox, "import numpy\nprint(numpy.mine)", numpy="mine = 5") == "5\n"


def test_random_numbers_are_each_processes_own(sandbox: Sandbox) -> None:
    unseeded = "import numpy as np\nprint(np.random.rand(4).tolist())"
    assert output(sandbox, unseeded) != output(sandbox, unseeded)
    seeded = "import numpy as np\nnp.random.seed(5)\nprint(np.random.rand())"
    assert output(sandbox, seeded) == "0.22199317108973948\n"


def test_forks_of_a_program_have_the_numbers_that_its_library_gives_them(sandbox: Sandbox) -> None:
    code = """
        import os
        import numpy as np
        np.random.seed(5)
        child = os.fork()
        if child:
            os.waitpid(child, 0)
        print(np.random.rand())
    """
    first, second = output(sandbox, code).split()
    assert first == second


def test_tests_that_share_a_process_answer_as_each_by_itself(sandbox: Sandbox) -> None:
    if not sandbox.can_share:
        pytest.skip("no helper in C")
    code = b"import numpy as np\na = np.array(input().split(), dtype=int)\nprint(a.sum(), np.sort(a), np.geterr()['divide'])"
    program = PythonScript(("main.py",), {"main.py": code})
    tests = [Input(f"{n} {n * n} 7\n".encode()) for n in range(20)]
    with sandbox.session(program, LIMITS) as session:
        together = [session.run(tests[0])]
        while session.alive and len(together) < len(tests):
            together += session.run_batch(BatchRequest(tests[len(together) :])).executions
    alone = [sandbox.run(program, LIMITS, test.stdin) for test in tests[:3]]
    assert len(together) == len(tests)
    assert [each.stdout for each in together[:3]] == [each.stdout for each in alone]
    assert together[-1].stdout == b"387 [  7  19 361] warn\n"
