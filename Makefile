# The daily commands. Each prepares what it needs, so each works on a fresh machine.
# The first interpreter that starts and is new enough (a version manager's shim may exist and refuse to start).
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys, venv, ensurepip; print(sys.executable) if sys.version_info >= (3, 11) else sys.exit(1)' 2>/dev/null && break; done)
VENV ?= .venv
BIN := $(VENV)/bin
CORPUS ?= ../shared/corpus

.PHONY: help install system run serve test lint format bench accuracy clean

help:  ## this list
	@sed -n 's/^\([a-z]*\):.*## /make \1\t/p' $(MAKEFILE_LIST) | expand -t 16

install: $(VENV)/.installed  ## a virtual environment with everything for development

$(VENV)/.installed: pyproject.toml
	@test -n "$(PYTHON)" || { echo 'Python 3.11 or newer with venv is needed (Debian: apt install python3-venv)'; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[dev]'
	$(BIN)/microcoder runtime
	touch $@

system:  ## the compilers and interpreters that examples and tests use
	@missing=$$(for tool in gcc g++ node; do command -v $$tool >/dev/null || echo $$tool; done | sed 's/node/nodejs/'); \
	test -z "$$missing" && exit 0; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  apt-get update -qq && apt-get install -y -qq --no-install-recommends $$missing libc6-dev; \
	else echo "please install:" $$missing; exit 1; fi

run: system install  ## grade all examples through the service and print a table
	$(BIN)/python examples/run.py

serve: install  ## start the service on 127.0.0.1:8000
	$(BIN)/microcoder serve

test: system lint  ## every check and every test
	$(BIN)/pytest

lint: install  ## format, style and types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

format: install  ## put the format right
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: system install  ## measure, and add the results to benchmarks/RESULTS.md
	$(BIN)/python -m benchmarks.latency --record
	$(BIN)/python -m benchmarks.slot --record
	$(BIN)/python -m benchmarks.soak --record

accuracy: system install  ## grade the labelled programs that lie beside the project, and record the confusion matrix
	$(BIN)/python -m benchmarks.accuracy $(CORPUS) --record

clean:  ## remove the virtual environment
	rm -rf $(VENV)
