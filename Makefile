# `make` alone lists the targets. Needs git, make and Python 3.11 or newer; the rest is
# installed into .venv. Set PYTHON=... to choose an interpreter.

CONFIG ?= configs/aave_v3_ethereum.yaml
OUT ?= out/aave_v3_ethereum
ARGS ?=
PYTEST_ARGS ?=
# A process a core; a file stays in one, for what its tests share.
IN_PARALLEL ?= -n auto --dist loadfile

VENV := .venv
BIN := $(VENV)/bin
RUNTIME := $(VENV)/.installed-runtime
DEV := $(VENV)/.installed-dev
BENCH := $(VENV)/.installed-bench
PIP := $(BIN)/python -m pip install --quiet --quiet --disable-pip-version-check --no-input

export PYRIGHT_PYTHON_IGNORE_WARNINGS := 1
export JUPYTER_PLATFORM_DIRS := 1

.DEFAULT_GOAL := help
.PHONY: help report test test-all lint validate bench book schema clean
# A target whose recipe failed must not look finished the next time.
.DELETE_ON_ERROR:

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' $(firstword $(MAKEFILE_LIST)) \
	  | while IFS='|' read -r target text; do printf '  make %-11s %s\n' "$$target" "$$text"; done

report: $(RUNTIME) ## install, run CONFIG, leave report.pdf and report.html in OUT
	$(BIN)/jaxrisk run $(CONFIG) --out $(OUT) --force $(ARGS)

test: lint ## install, lint, types, and all tests but the slow ones
	$(BIN)/python -m pytest -m "not slow" $(IN_PARALLEL) $(PYTEST_ARGS)

test-all: lint ## everything: slow tests and notebooks too
	$(BIN)/python -m pytest --nbmake tests notebooks $(IN_PARALLEL) $(PYTEST_ARGS)

lint: $(DEV) ## ruff and pyright
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright

validate: $(RUNTIME) ## known numbers: expected, measured, standard error, pass or fail
	$(BIN)/jaxrisk validate $(ARGS)

bench: $(BENCH) ## speed and memory beside NumPy, Numba and PyTorch; growth; whole books
	$(BIN)/python benchmarks/run.py $(ARGS)
	$(BIN)/python benchmarks/peers $(filter --quick,$(ARGS))
	$(BIN)/python benchmarks/growth.py $(filter --quick,$(ARGS))
	$(BIN)/python benchmarks/accounts.py $(filter --quick,$(ARGS))

book: $(RUNTIME) ## generate the synthetic book of configs/ again, from its seed
	$(BIN)/python -m jaxrisk.data configs/aave_v3_ethereum_book.csv.gz $(ARGS)

schema: $(RUNTIME) ## write the JSON Schema of a config for editors
	$(BIN)/jaxrisk schema > configs/schema.json

clean: ## remove .venv and caches; results in out/ stay
	rm -rf $(VENV) build dist .pytest_cache .ruff_cache .hypothesis .benchmarks .coverage
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# An interpreter counts if it runs, is new enough, and can create an environment: names
# on PATH may be shims that do not start, and Debian ships Python without ensurepip.
$(BIN)/python:
	@for candidate in $(PYTHON) python3.11 python3.12 python3.13 python3 python; do \
	  if "$$candidate" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' \
	      >/dev/null 2>&1; then \
	    echo "Creating $(VENV) with $$("$$candidate" --version)"; \
	    exec "$$candidate" -m venv --clear $(VENV); \
	  fi; \
	done; \
	echo 'No Python 3.11 or newer that can create an environment was found on PATH. Install' \
	  'one (Debian, Ubuntu: apt-get install python3 python3-venv), or name it:' \
	  'make PYTHON=/path/to/python3.12 $(MAKECMDGOALS)' >&2; exit 1

INSTALL_FAILED = { echo 'Installing failed; what pip says is above. If it found no version or had no' \
	'connection, this machine cannot reach its package index: connect, and repeat.' >&2; exit 1; }

$(RUNTIME): pyproject.toml constraints.txt | $(BIN)/python
	@echo 'Installing jaxrisk into $(VENV)'
	@$(PIP) -c constraints.txt -e . || $(INSTALL_FAILED)
	@touch $@

$(DEV): $(RUNTIME)
	@echo 'Installing the tools of the tests into $(VENV)'
	@$(PIP) -c constraints.txt -e '.[dev]' || $(INSTALL_FAILED)
	@touch $@

$(BENCH): $(DEV)
	@echo 'Installing Numba and PyTorch, which only the benchmarks compare with, into $(VENV)'
	@$(PIP) -c constraints.txt -e '.[bench]' || $(INSTALL_FAILED)
	@touch $@
