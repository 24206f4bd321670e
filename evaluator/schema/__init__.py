"""The wire contract, version 1: the messages between clients and the service.

Depends on pydantic alone, so that the client can share it. A size is in MiB if its name ends in ``_mb``, in bytes if it
ends in ``_bytes``; times are in seconds. Unknown fields are refused: a misspelt limit must never be ignored silently.
"""

from evaluator.schema.base import (
    MAX_CPU_S,
    MAX_MEMORY_MB,
    MAX_OUTPUT_MB,
    MAX_PROCESSES,
    MAX_WALL_S,
    Argument,
    Blob,
    FileName,
    Limits,
    Mode,
    Text,
    Verdict,
    Wire,
    bytes_of,
    size_of,
    to_bytes,
    to_string,
    to_text,
    well_formed,
)
from evaluator.schema.checkers import (
    TEXT_ONLY_CHECKERS,
    AnyOfChecker,
    CheckerSpec,
    ExactChecker,
    FloatChecker,
    IcpcDefaultChecker,
    JsonChecker,
    LcbChecker,
    LinesChecker,
    MicroCoderLooseChecker,
    OneChecker,
    ProgramChecker,
    ProgramSource,
    TokensChecker,
    UnorderedChecker,
)
from evaluator.schema.jobs import Delivery, JobAccepted, JobOver, JobReport, JobRequest, JobState, JobStatus, Webhook
from evaluator.schema.jsontext import read_json, write_json
from evaluator.schema.messages import (
    Batch,
    CompileReport,
    Detail,
    FirstFailure,
    Isolation,
    IsolationName,
    LanguageInfo,
    LanguageList,
    Mechanism,
    Policy,
    Readiness,
    ReferenceCheck,
    Report,
    Reports,
    RunReport,
    RunRequest,
    SiteCheck,
    Submission,
    SuiteCheck,
    TestCodeCheck,
    TestReport,
    Trust,
)
from evaluator.schema.parts import FunctionSpec, FunctionTypes, Interactor, ProgramSpec, TestCase, TestGroup
from evaluator.schema.suite import Suite

__all__ = [
    "MAX_CPU_S", "MAX_MEMORY_MB", "MAX_OUTPUT_MB", "MAX_PROCESSES", "MAX_WALL_S", "TEXT_ONLY_CHECKERS",
    "AnyOfChecker", "Argument", "Batch", "Blob", "CheckerSpec", "CompileReport", "Delivery", "Detail", "ExactChecker",
    "FileName", "FirstFailure", "FloatChecker", "FunctionSpec", "FunctionTypes", "IcpcDefaultChecker", "Interactor",
    "Isolation", "IsolationName", "JobAccepted", "JobOver", "JobReport", "JobRequest", "JobState", "JobStatus",
    "JsonChecker", "LanguageInfo", "LanguageList", "LcbChecker", "Limits", "LinesChecker", "Mechanism",
    "MicroCoderLooseChecker", "Mode", "OneChecker", "Policy", "ProgramChecker", "ProgramSource", "ProgramSpec",
    "Readiness", "ReferenceCheck", "Report", "Reports", "RunReport", "RunRequest", "SiteCheck", "Submission", "Suite",
    "SuiteCheck", "TestCase", "TestCodeCheck", "TestGroup", "TestReport", "Text", "TokensChecker", "Trust",
    "UnorderedChecker", "Verdict", "Webhook", "Wire", "bytes_of", "read_json", "size_of", "to_bytes", "to_string",
    "to_text", "well_formed", "write_json",
]  # fmt: skip
