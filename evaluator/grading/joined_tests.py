"""Test codes in languages other than Python: submission and test code are one program, as HumanEvalPack has it.

An exit code of 0 proves nothing, since the submission can end the process before a test is run: after the tests the
program must write a token, which it reads from its stdin only then. A submission written against this very harness
could read it too; that is the price of one process.
"""

from __future__ import annotations

import re
import secrets

from evaluator.grading.outcome import Case, JudgeBroken, TestOutcome, failure
from evaluator.grading.python_tests import Judged
from evaluator.harness.native import cpp, java
from evaluator.schema import Verdict
from sandbox.execution import Program
from sandbox.limits import RunLimits
from sandbox.sandbox import Sandbox
from sandbox.toolchain import Language

_NO_PARAMETERS = re.compile(rb"\bmain\s*\(\s*(void)?\s*\)")

_C = b"""%b#line 1 "solution"
%b
#undef main
int main(%b) asm("microcoder_tests_main");
#line 1 "tests"
%b
#line 1 "harness"
#include <stdio.h>
#ifdef __cplusplus
extern "C" {
#endif
int microcoder_tests_main(int, char **);
int microcoder_main(int, char **) asm("main");
int microcoder_main(int argc, char **argv) {
    char token[64] = "";
    int status = microcoder_tests_main(argc, argv);
    fflush(NULL);
    FILE *input = fopen("/dev/stdin", "r");
    if (input && fgets(token, sizeof token, input)) { fputs(token, stdout); fflush(stdout); }
    return status;
}
#ifdef __cplusplus
}
#endif
"""
"""The tests' main keeps its name, and with it its implicit return, but is linked under another."""
_JAVASCRIPT = b"""%b
%b
;process.on("exit", (code) => {
    if (code === 0) require("fs").writeSync(1, require("fs").readFileSync(0));
});
"""
_JAVA = b"""%b
%b
public class MicrocoderMain {
    public static void main(String[] args) throws Throwable {
        Main.main(args);
        System.out.flush();
        System.out.write(System.in.readAllBytes());
        System.out.flush();
    }
}
"""


def join(language: Language, code: bytes, test_code: bytes) -> bytes:
    """One source of both, which ends by writing the token.

    Raises:
        JudgeBroken: the language has no such form, or the tests have none that is understood.
    """
    if language.extension in ("c", "cpp"):
        parameters = b"" if _NO_PARAMETERS.search(test_code) else b"int, char **"
        return _C % (cpp.hiding_main(code), code, parameters, test_code)
    if language.extension in ("js", "ts"):
        return _JAVASCRIPT % (code, test_code)
    if language.extension == "java":
        if not re.search(rb"\bclass\s+Main\b", test_code):
            raise JudgeBroken("Java's test code must hold a class Main, whose main method runs the tests")
        return _JAVA % java.units(code, test_code)
    raise JudgeBroken(f"mode program has no harness for {language.name}")


def run(sandbox: Sandbox, program: Program, limits: RunLimits) -> Judged:
    """Run the joined program once.

    Raises:
        SlotFailed: a fault of ours.
    """
    token = secrets.token_hex(16).encode()
    execution = sandbox.run(program, limits, token + b"\n")
    case = Case("tests")
    if (failed := failure(execution)) is not None:
        return [(case, failed)]
    if not execution.stdout.rstrip().endswith(token):
        return [(case, TestOutcome(Verdict.RUNTIME_ERROR, execution, "the program ended before its tests did"))]
    return [(case, TestOutcome(Verdict.ACCEPTED, execution, matched_by="assertions", strict=True))]
