"""A compiler's input is as untrusted as its output."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.conftest import RIGHT, Client
from tests.forked import local_service

BOMBS = {
    "endless input": '#include "/dev/zero"\nint main() {}',
    "templates": "template <int N> struct T { typedef typename T<N - 1>::A A; typedef typename T<N - 1>::B B; };\n"
    "int main() { T<100000000> t; }",
    "constant evaluation": "constexpr long f(long n) { long s = 0; for (long i = 0; i < n; ++i) s += i % 7; return s; }\n"
    "constexpr long x = f(20000000000L);\nint main() { return x; }",
    "a giant binary": "char block[3000000000u] = {1};\nint main() { return block[5]; }",
    "macros": "#define A(x) x x x x x x x x x x\n#define B(x) A(A(A(A(A(x)))))\n#define C(x) B(B(x))\n"
    "int main() { C(C(C(1;))) }",
}


@pytest.fixture(scope="module")
def strict_client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    settings = {
        "MICROCODER_DATA_DIR": str(tmp_path_factory.mktemp("data")),
        "MICROCODER_COMPILE_CPU_S": "3",
        "MICROCODER_COMPILE_MEMORY_MB": "512",
    }
    with local_service(settings=settings) as service, Client(service) as client:
        yield client


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS.keys())
def test_a_source_made_against_the_compiler_is_a_compile_error(strict_client: Client, bomb: str) -> None:
    report = strict_client.grade(bomb, language="cpp")
    assert report["verdict"] == "compile_error", report
    assert report["compile"]["cpu_s"] < 10
    assert len(report["compile"]["log"]) < 50_000
    assert strict_client.grade(RIGHT)["verdict"] == "accepted"


@pytest.mark.parametrize(
    "source",
    ['#include "{path}"\nint main() {{}}', 'asm(".incbin \\"{path}\\"");\nint main() {{}}'],
    ids=["include", "incbin"],
)
def test_a_source_cannot_read_the_host(client: Client, tmp_path: Path, source: str) -> None:
    secret = tmp_path / "secret"
    secret.write_text("canary_4711")
    secret.chmod(0o644)
    for path in (str(secret), "/etc/shadow"):
        report = client.grade(source.format(path=path), language="cpp")
        assert report["verdict"] == "compile_error"
        assert "canary_4711" not in str(report)
        assert re.search("no such file|not found", report["compile"]["log"], re.IGNORECASE)


def test_a_program_is_compiled_once(client: Client) -> None:
    code = "int main() { return 0; } // compiled once"
    first, second = (client.grade(code, language="cpp")["compile"] for _ in range(2))
    assert first["cpu_s"] > 0
    assert second == {"ok": True, "log": "", "cpu_s": 0.0, "stopped_by": None, "compiler": None}
