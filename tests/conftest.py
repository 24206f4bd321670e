"""Settings that all tests have in common, and the service that they share."""

from __future__ import annotations

import gc
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from evaluator.local import LocalService
from tests.data_dirs import PREPARED, DataDirs, make_beforehand
from tests.forked import local_service

# Properties are tried without hypothesis's limit per example: a loaded machine is no fault of theirs.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")

MORE_MEANINGS = (
    "failure of a helper expected|constant changed|message made each time|length of the constant|constant in a set|branch on the constant|"
    "comparison in a name|chain, walrus, in|guard that saves an attribute|own class|derived tests|mixin|set-up of a class|ids|"
    "exception or value|early return|docstring that is read|docstring that the program reads|message that the program reads|"
    "indirect parametrize|fixture of a parametrized value|future|match|if and raise|thread|one-shot constant|nan|"
    "equal numbers of other types|huge|separate names|main guard|test method of the submission's"
)
"""Suites whose sealing keeps what they mean, beside those that are always tried."""
MATRIX = (
    # The same promises in configurations beside those that have most walls, fewest walls, and what a container grants.
    r"hostile/test_hostile\.py.*\[(namespaces-without-helper|namespaces-user|landlock-root|container-root|process)",
    r"hostile/program_mode/test_cheats\.py::test_\w+_in_(many_ways|every_way)",
    r"hostile/program_mode/test_cheats\.py.*\[(landlock|process)",
    # Both are tried with and without a reference there.
    r"grading/test_(honest_programs|semantics)\.py.*-reference\]",
    r"sealing/test_linear\.py::test_whatever_a_client_sends_is_sealed_or_refused_with_a_sentence\[([7-9]|[12]\d)\]",
    r"dataset/verify/test_verify_stage\.py::test_(a_large_suite|a_known_wrong|a_suite_that_accepts|test_code_is_tried)",
    # They read gigabytes, never end or sleep; and every other way of being slow.
    r"hostile/program_mode/test_cheats\.py.*(memory_that_was_freed|service_directories|own_memory|numbers_around|force/(stops|sleeps|never))",
    r"hostile/program_mode/test_cheats\.py.*(any_of_many_calls|everybodys_memory|stop_of_loader_frames)",
    r"grading/test_odd_results\.py::test_records_of_far_more_items_are_bounded",
    r"grading/test_judges\.py::test_an_interactor_that_fails_by_itself_is_our_side.*\[while time",
    r"grading/test_slow_judge\.py.*-without\]",
    r"grading/test_honest_programs\.py.*lru_cache_info",
    r"dataset/verify/test_verify_stage\.py::test_a_program_that_is_labelled_too_slow_still_fails",
    # What the stock runners say of programs that stay as they are, and twenty runs of each.
    r"grading/test_honest_programs\.py::test_(the_stock_runner|twenty_runs)",
    r"sandbox/test_(sockets_left|pair)\.py.*\[(without helper|process)",
    r"sandbox/test_(sampled|session)\.py.*\[process",
    r"languages/test_artefacts\.py.*\[landlock",
    # A language more, or a form of program more, that has to be compiled, or that reaches its limit of time.
    r"languages/test_languages\.py.*\[(?!python-|c-|java-|javascript-)\w+-time_limit",
    r"languages/test_headers\.py::test_a_program_means_the_same_where_it_cannot_be_used\[(?!code0-once)",
    r"languages/test_headers\.py::test_submissions_that_include_it_are_judged\w+\[#(define|include <bits/stdc\+\+\.h>\\n#)",
    r"grading/test_structures_native\.py::test_an_object_is_made_and_its_methods_are_called_in_cpp\[code[2-9]",
    r"grading/test_structures_native\.py::test_what_goes_wrong_with_an_object_in_cpp\[(?!n = start)",
    r"grading/test_function_native\.py::test_functions_in_cpp\[code[4-9]",
    r"scoring/test_languages\.py::test_(multipl_e_joins.*\[java|humanevalpack_accepts.*\[Java)",
    r"scoring/test_languages\.py::test_recorded_tasks_of_humanevalpack\[JavaScript",
    r"fuzz/test_hostile_processes\.py.*\[(landlock|process|5)\]",
    r"fuzz/test_(wire|messages)\.py.*\[(15|20)\]",
    r"sandbox/test_plain_user\.py.*\[(landlock-root|namespaces-root|container-root)\]",
    r"scoring/test_languages\.py::test_recorded_tasks_of_humanevalpack\[(CPP|Java)\]",
    # Jobs in Redis: some of test_jobs are tried in both stores.
    r"jobs/test_(?!jobs|redis_away)\w+\.py.*\[redis",
    r"jobs/test_jobs\.py::test_(?!a_job_is_taken_in|reports_are_followed|what_has_not_run|a_job_that_is_forgotten)\w+\[redis",
    # The same walk through the text in a second language; the same fault in front of every other system.
    r"test_extraction\.py::test_time_grows_with_the_length_and_no_faster\[cpp",
    r"compat/test_every_system\.py::test_a_fault_of_ours_is_never_a_failed_program\[(?!piston)",
    # The same tools by another transport.
    r"end_to_end/test_mcp\.py::test_it_listens_at_a_port",
    # Each compiles a checker, or writes 60 MB: some are always tried.
    r"grading/test_testlib\.py::test_a_checker_of_testlib_decides\[checker(?!0-)",
    r"grading/test_judges\.py::test_a_checker_is_given_whatever_was_written_within_the_limit\[(?!bytes\(60)",
    r"fuzz/test_outcomes\.py::test_an_odd_outcome_is_a_verdict\[[1-9]\]",
    r"fuzz/test_outcomes\.py::test_an_odd_result_in_another_language_is_a_verdict\[(java-|javascript-1|typescript-5|cpp-6)",
    r"distributed/test_faults\.py::test_redis_restarted\[False\]",
    r"distributed/test_faults\.py::test_clocks_that_differ\[-2\]",
    # More programs of a kind, each compiled, or a second way of the same.
    r"grading/test_function_native\.py::test_functions_in_java\[(?!class Solution \{ public int f|code3)",
    r"grading/test_function_native\.py::test_what_goes_wrong\[java-(?!class Solution \{ int g)",
    r"grading/test_structures_native\.py::test_nodes_of_every_kind\[(cpp-code[1-5]|java-code([7-9]|10))",
    r"grading/test_structures_native\.py::test_nodes_that_are_wrong_are_refused\[(cpp|java)-(?!code[04])",
    r"grading/test_solutions\.py::test_all_other_solutions",
    r"end_to_end/test_cases\.py::test_each_function_is_called",
    r"grading/test_slow_judge\.py.*\[a pattern that backtracks",
    r"grading/test_judges\.py::test_a_conversation_is_judged\[(spins|sleeps|does not flush)-icpc\]",
    r"languages/test_headers\.py.*-cpp17\]",
    r"languages/test_idioms\.py.*\[(?!python|javascript)",
    r"languages/test_files\.py::test_several_files_are_one_program\[(?!c\]|python)",
    r"languages/test_languages\.py.*\[scala",
    r"languages/test_languages\.py.*\[(d|elixir|racket|verilog|haskell|ocaml|pascal|r|fortran|pypy)(-(?!hello)|\])",
    r"sandbox/test_plain_user\.py::test_(pipes_of_others|what_a_program_holds)\w+\[(process-root|container-user)",
    r"scoring/test_generation\.py::test_failures_on_the_way_are_tried_again\[(429|cut)\]",
    r"end_to_end/test_waiting\.py::test_what_runs_is_ended_when_nobody_waits\[(sleep|run)\]",
    r"fuzz/test_hostile_processes\.py::test_a_hostile_process\w+\[without helper\]",
    # Each compiles a header, or programs that lack one, or keeps a CPU busy: others of the kind are always tried.
    r"languages/test_prepared\.py::test_what_cannot_be_made_costs_no_program\[java",
    r"languages/test_artefacts\.py::test_what_is_prepared_is_not_bound",
    r"scoring/test_languages\.py::test_multipl_e_joins.*\[cpp",
    r"grading/test_judges\.py::test_a_busy_machine_changes_nothing\[wrong",
    r"grading/test_structures_native\.py::test_an_object_is_made_and_its_methods_are_called_in_cpp\[code1",
    r"grading/test_structures_native\.py::test_a_programs_own_node_is_its_own_affair\[cpp-(code0|struct)",
    r"grading/test_function_native\.py::test_functions_in_cpp\[(code3|set<int>|double f)",
    r"grading/test_function_native\.py::test_what_goes_wrong\[cpp-(double|string|int f\(int a, int b\) \{ throw)",
    r"languages/test_headers\.py::test_a_keyword_defined_before_it",
    r"grading/test_judges\.py::test_only_a_limit_that_was_reached.*\[hello-import time",
    r"grading/test_calls\.py::test_calls_come_to_the_same\[.*-first_failure-",
    r"sealing/test_meaning\.py::test_the_right_program_passes_and_the_wrong_one_does_not\[(" + MORE_MEANINGS + r")\]",
    # The same promise is tried one layer below, or beside.
    r"grading/test_late\.py::test_a_submission_of_many_late_tests_takes_its_time_alone_once",
    r"distributed/test_versions\.py::test_no_worker_at_a_queue_serves_what_one_of_another_version_kept",
)
"""Tests that take long and seldom fail by themselves, by the beginnings of their names: ``make matrix`` runs them too."""
_MATRIX = re.compile(f"tests/(?:{'|'.join(MATRIX)})")


def pytest_configure() -> None:
    """Keep the garbage collector from going through what is imported and collected, again and again: it stays, and that
    took a fifth of the tests' time."""
    gc.disable()


def pytest_collection_finish() -> None:
    """Let the garbage collector begin, with what comes from here on."""
    gc.freeze()
    gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if _MATRIX.match(item.nodeid):
            item.add_marker(pytest.mark.matrix)


@pytest.fixture(scope="session")
def data_dirs(tmp_path_factory: pytest.TempPathFactory) -> DataDirs:
    base = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" not in os.environ:
        return DataDirs(base / PREPARED)  # it comes where it pays
    return DataDirs(make_beforehand(base.parent / "for compilers"))


@pytest.fixture(scope="session")
def data_dir(tmp_path_factory: pytest.TempPathFactory, data_dirs: DataDirs) -> Path:
    """The data directory of the shared service. Others may share it, as processes of one host do."""
    return data_dirs.fill(tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="session")
def shared_service(data_dir: Path) -> Iterator[LocalService]:
    """A service as it comes, for tests that leave it as it was: each start costs seconds of CPU time."""
    with local_service(settings={"MICROCODER_DATA_DIR": str(data_dir)}) as service:
        yield service
