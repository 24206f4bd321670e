# The daily commands. Each prepares what it needs, so each works on a fresh machine.
# The first interpreter that starts and is new enough (a version manager's shim may exist and refuse to start).
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys, venv, ensurepip; print(sys.executable) if sys.version_info >= (3, 11) else sys.exit(1)' 2>/dev/null && break; done)
VENV ?= .venv
BIN := $(VENV)/bin
CORPUS ?= ../shared/corpus

# Tests start services by the hundred. With this set, each of them would compile all sources anew.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: trainers help install system languages testlib run serve check test matrix lint format web browser smoke bench tricky fuzz accuracy deployment images dist docs clean

help:  ## this list
	@sed -n 's/^\([a-z]*\):.*## /make \1\t/p' $(MAKEFILE_LIST) | expand -t 16

install: $(VENV)/.installed  ## a virtual environment with everything for development

$(VENV)/.installed: pyproject.toml hatch_build.py $(wildcard sandbox/zygote/*.[ch])
	@test -n "$(PYTHON)" || { echo 'Python 3.11 or newer with venv is needed (Debian: apt install python3-venv)'; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[dev]'
	$(BIN)/microcoder runtime
	touch $@

# A jail's PATH: what lies elsewhere, such as in a home directory, programs do not see.
SEEN := /usr/local/bin:/usr/bin:/bin
EXAMPLES := gcc:gcc g++:g++ node:nodejs bash:bash
LANGUAGES := javac:default-jdk-headless esbuild:esbuild go:golang-go rustc:rustc ruby:ruby php:php-cli lua:lua5.4 perl:perl
SERVERS := redis-server:redis-server
# Its libFuzzer, and the sanitizers' runtime, which is a package of its own.
FUZZER := clang:clang clang:libclang-rt-dev
absent = $(shell for pair in $(1); do PATH=$(SEEN) command -v $${pair%%:*} >/dev/null || echo $$pair | cut -d: -f2; done)
HEADERS = $(shell $(PYTHON) -c "import os, sysconfig; print('' if os.path.exists(sysconfig.get_path('include') + '/Python.h') else 'python3-dev')")
apt = DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends
may_install = [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null

system:  ## the compilers and interpreters that the examples use
	@packages="$(call absent,$(EXAMPLES))"; test -z "$$packages" && exit 0; \
	if $(may_install); then apt-get update -qq && $(apt) $$packages libc6-dev; \
	else echo "please install:" $$packages; exit 1; fi
	@test -z "$(HEADERS)" || { $(may_install) && apt-get update -qq && $(apt) $(HEADERS); } || \
	  echo "without Python's headers ($(HEADERS)) the helper in C is not built, and programs start more slowly"

languages: system  ## toolchains of more languages and a Redis, for their tests; those that cannot be had are left out
	@packages="$(call absent,$(LANGUAGES) $(SERVERS) $(FUZZER))"; test -z "$$packages" && exit 0; \
	if $(may_install); then apt-get update -qq && \
	  $(apt) $$(for p in $$packages; do apt-cache show $$p >/dev/null 2>&1 && echo $$p; done); \
	else echo "not installed, so what needs them is not tested:" $$packages; fi

# Its notice allows copies; rbx.cp is a package that carries one. Where it cannot be had, tests that need it are left out.
TESTLIB := $(VENV)/testlib/rbx/resources/predownloaded/testlib.h

web:  ## build the pages of web/ into evaluator/web/built, which is committed (Node 20 or newer)
	@command -v npm >/dev/null || { echo "please install Node 20 or newer with npm"; exit 1; }
	cd web && npm ci --no-audit --no-fund && npm run check && npm run build

# Chromium, as any other package of the system, and what drives it: the names and versions of the extra `browser`.
BROWSERS := chromium chromium-browser google-chrome
DRIVERS = $(shell $(PYTHON) -c "import tomllib; print(*tomllib.load(open('pyproject.toml', 'rb'))['project']['optional-dependencies']['browser'])")
install_browser = { for each in $(BROWSERS); do command -v $$each && break; done | grep -q . || \
	  { $(may_install) && apt-get update -qq && $(apt) chromium; }; } && \
	  $(BIN)/pip install --quiet --disable-pip-version-check $(foreach each,$(DRIVERS),'$(each)')
no_browser := no browser, or nothing that drives it, can be had here (Debian: apt install chromium; PyPI: playwright)

browser: install  ## the pages in a browser, all of their tests: Chromium and what drives it are installed (four minutes)
	@$(install_browser) || { echo "$(no_browser)"; exit 1; }
	$(BIN)/pytest -q -m browser tests/web

smoke: install  ## the pages' essential flows in a browser, a minute; where none can be had it says so and goes on
	@if $(install_browser); then $(BIN)/pytest -q -m smoke tests/web; \
	else echo "NOT TESTED: $(no_browser), so no page was looked at in one"; fi

testlib: install  ## testlib.h, for checkers in C++ and their tests
	@test -f $(TESTLIB) || { $(BIN)/pip download --quiet --disable-pip-version-check --no-deps \
	  --dest $(VENV)/testlib rbx.cp==0.28.2 && $(BIN)/python -m zipfile -e $(VENV)/testlib/rbx*.whl $(VENV)/testlib; } || \
	  echo "testlib.h cannot be had, so checkers that use it are not tested"

run: system install  ## grade all examples through the service and print a table
	$(BIN)/python examples/run.py

# Minor versions of TRL beside the newest, with the packages of the same environment. TRL 1.15 scores by Triton alone, whose
# interpreter stands in for a GPU.
TRL_VERSIONS := 1.0 1.1 1.2 1.3 1.4 1.5 1.6 1.7 1.8 1.9 1.10 1.11 1.12 1.13 1.14 1.15
TRAINERS := .venv-trainers
# Trainers whose own code calls the rewards and the service, without all that they need. They are read, not installed: some are
# for newer Pythons, and NeMo-Gym's brings packages of names that are ours.
RELEASED := areal ms-swift nemo-gym openenv-core openrlhf skyrl-gym tinker-cookbook verifiers verl
CALLED := aiohttp fastmcp hydra-core orjson requests sandbox-fusion websockets
CALLERS := $(addprefix tests/client/test_,trainers.py ms_swift.py openenv.py ray_trainers.py tinker.py) \
  $(addprefix tests/compat/test_,nemo_gym.py reward_urls.py sandbox_fusion.py) tests/grpo/test_verl.py
pip_trainers = $(TRAINERS)/bin/pip install --quiet --disable-pip-version-check

trainers:  ## the tests of training, with torch, DeepSpeed, other trainers and each version of TRL, in an environment of their own (gigabytes)
	@test -n "$(PYTHON)" || { echo 'Python 3.11 or newer with venv is needed'; exit 1; }
	test -x $(TRAINERS)/bin/pytest || { $(PYTHON) -m venv $(TRAINERS) && $(pip_trainers) \
	  --editable '.[server,dataset,deepspeed,peft]' $(CALLED) 'pytest>=8' 'hypothesis>=6.100'; }
	test -d $(TRAINERS)/released || { $(pip_trainers) --no-deps --ignore-requires-python --target $(TRAINERS)/released $(RELEASED) && \
	  rm -rf $(addprefix $(TRAINERS)/released/,benchmarks tests); }
	PYTHONPATH=$(TRAINERS)/released $(TRAINERS)/bin/pytest -q $(CALLERS)
	$(TRAINERS)/bin/pytest -q tests/grpo
	set -e; for version in $(TRL_VERSIONS); do \
	  test -d $(TRAINERS)/trl/$$version || $(pip_trainers) --no-deps --target $(TRAINERS)/trl/$$version "trl~=$$version.0"; \
	  echo "TRL $$version"; PYTHONPATH=$(TRAINERS)/trl/$$version TRITON_INTERPRET=1 $(TRAINERS)/bin/pytest -q \
	    tests/grpo/test_trl.py tests/grpo/test_streaming.py tests/grpo/test_training.py -k "test_trl or streaming or evaluation or probe or adapter or at_their_steps"; done

serve: install  ## start the service on 127.0.0.1:8000
	$(BIN)/microcoder serve

# Five files at a time, since many of their tests wait; those that wait longest begin, so that none is left to the end. The
# others measure and count, and have the machine for themselves: the hostile programs, which wait, beside the rest.
FIRST := $(addprefix tests/,distributed jobs end_to_end scoring operations compat hostile/program_mode dataset docs grading \
  languages test_extraction.py)
BESIDE := $(FIRST) $(filter-out $(FIRST) tests/hostile tests/sandbox,$(filter-out %__pycache__,$(patsubst %/,%,$(wildcard tests/*/))) \
  $(wildcard tests/test_*.py))

run_tests = test ! -f $(TESTLIB) || export MICROCODER_TESTLIB="$${MICROCODER_TESTLIB:-$(abspath $(TESTLIB))}"; \
	  $(BIN)/pytest $(1) -n 5 --dist loadfile --no-loadscope-reorder $(BESIDE) && $(BIN)/pytest $(1) -n 2 --dist loadfile $(addprefix --ignore=,$(BESIDE))

run_lint = $(BIN)/ruff format --check . && $(BIN)/ruff check . && \
	  $(BIN)/clang-format --dry-run -Werror sandbox/zygote/*.[ch] tests/fuzz/*.c && $(BIN)/mypy

# What starts no process: rules of the house, sealing, checkers, the wire contract, verdicts, the trainer's mathematics.
QUICK := tests/house $(addprefix tests/sealing/test_,sites.py tables.py sealed.py bits.py objects.py) tests/test_schema.py tests/test_resumable.py \
  tests/test_checking.py tests/grading/test_verdicts.py tests/grpo tests/dataset/test_process.py

check: lint  ## in a minute: format, style, types, the house's rules and tests that start no process
	$(BIN)/pytest -q $(QUICK)

# Lint needs one CPU and many tests wait, so they run side by side. The end shows what lint found.
test: languages testlib  ## every check, and the tests: twelve minutes
	@($(run_lint)) > $(VENV)/lint.log 2>&1 & lint=$$!; \
	($(call run_tests,-m "not matrix and not browser")); tests=$$?; \
	wait $$lint; lint=$$?; cat $(VENV)/lint.log; test $$lint = 0 && exit $$tests

matrix: languages testlib  ## all tests in all configurations (tests/conftest.py says which are left to it), but those in a browser: half an hour
	$(call run_tests,-m "not browser")

lint: install  ## format, style and types
	$(run_lint)

format: install  ## put the format right, and write the protocol's header
	$(BIN)/python -m tests.house.header
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(BIN)/clang-format -i sandbox/zygote/*.[ch] tests/fuzz/*.c

bench: system install  ## measure, and add the results to benchmarks/RESULTS.md
	$(BIN)/python -m benchmarks.latency --record
	$(BIN)/python -m benchmarks.slot --record
	$(BIN)/python -m benchmarks.soak --record
	$(BIN)/python -m benchmarks.load --record
	$(BIN)/python -m benchmarks.throughput --record --peers $(VENV)/peers $(if $(wildcard $(CORPUS)),--corpus $(CORPUS))
	$(BIN)/python -m benchmarks.growth --record
	$(BIN)/python -m benchmarks.profile --record
	$(BIN)/python -m benchmarks.client --record
	$(if $(wildcard $(CORPUS)),$(BIN)/python -m benchmarks.compat --clients $(VENV)/clients --corpus $(CORPUS) --record)

tricky: install  ## judge the tricky programs beside other evaluators, which are installed for it, and record both
	$(BIN)/python -m benchmarks.tricky --peers $(VENV)/peers --record

fuzz: languages install  ## odd outcomes by the thousand, programs with two faces, an hour of the wall; record that none gets around it
	$(BIN)/python -m benchmarks.fuzz --record
	$(BIN)/python -m benchmarks.two_faces --record
	$(BIN)/python -m benchmarks.fuzz_wall --record
	$(BIN)/python -m benchmarks.neighbours --record
	$(BIN)/python -m benchmarks.abuse --record

accuracy: languages install  ## grade the labelled programs that lie beside the project, and record the confusion matrix
	$(BIN)/python -m benchmarks.accuracy $(CORPUS) --record

deployment: install  ## check images, compose file and manifests against their formats
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[deployment]'
	PATH="$(abspath $(BIN)):$$PATH" $(BIN)/pytest tests/deployment

images: languages  ## build both images without a Docker engine, and have them judge (root, a network, minutes)
	@{ command -v buildah && command -v debootstrap; } >/dev/null || { $(may_install) && $(apt) buildah crun debootstrap; } || \
	  { echo "please install: buildah debootstrap"; exit 1; }
	MICROCODER_TRY_IMAGES=1 $(BIN)/pytest tests/deployment/test_images.py

# Of an environment that has nothing else, so that the list of components is that of the package.
PUBLISHED := $(VENV)/published
DOCKER ?= docker

dist: install  ## what is published, in dist/: sdist, wheels, lists of components (SBOM); images too where a Docker engine answers
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[release]'
	rm -rf dist && $(BIN)/python -m build --sdist --outdir dist .
	MICROCODER_WHEEL=pure $(BIN)/pip wheel --quiet --disable-pip-version-check --no-deps --wheel-dir dist dist/*.tar.gz
	rm -rf $(PUBLISHED) && $(PYTHON) -m venv --without-pip $(PUBLISHED)
	$(BIN)/pip --python $(PUBLISHED)/bin/python install --quiet --disable-pip-version-check \
	  "microcoder-evaluator[server,traces,mcp] @ file://$$(echo $(CURDIR)/dist/*-none-any.whl)"
	$(BIN)/cyclonedx-py environment --pyproject pyproject.toml --output-reproducible \
	  --output-file dist/microcoder-evaluator.cdx.json $(PUBLISHED)/bin/python
	if command -v npm >/dev/null; then cd web && npm sbom --sbom-format cyclonedx --package-lock-only \
	  > ../dist/microcoder-evaluator-pages.cdx.json; else echo "without npm the pages' components are not listed"; fi
	if $(DOCKER) info >/dev/null 2>&1; then $(BIN)/cibuildwheel --output-dir dist dist/*.tar.gz && $(DOCKER) compose build; else \
	  MICROCODER_WHEEL=helper $(BIN)/pip wheel --quiet --disable-pip-version-check --no-deps --wheel-dir dist dist/*.tar.gz && \
	  echo "no Docker engine answers: the wheel with the helper is for this kind of machine alone, and there are no images"; fi
	$(BIN)/twine check --strict dist/*.tar.gz dist/*.whl

docs: install  ## the documentation as a site in site/, every link checked, no warnings
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[docs]'
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

clean:  ## remove the virtual environment
	rm -rf $(VENV)
