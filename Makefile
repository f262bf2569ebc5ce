# Everything works on a fresh clone with only Python >= 3.11 and make; the first target makes .venv from the lock.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help demo test lint fix bench docs truth deviations new-rule locks

# The first Python >= 3.11 on PATH; `make PYTHON=/path/to/python …` chooses another one.
PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11 python; do \
	if "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then echo "$$python"; break; fi; done)
VENV := .venv
BIN := $(VENV)/bin
JOBS ?= 2
READY := $(VENV)/.installed

help:
	@echo 'make demo      design the commerce example into ./demo and prove it'
	@echo 'make test      the whole test suite, on a real PostgreSQL and a real Bun'
	@echo 'make lint      ruff and mypy'
	@echo 'make fix       what ruff can mend by itself'
	@echo 'make bench     the benchmarks, one table each'
	@echo 'make docs      write the generated pages of docs/ again'
	@echo 'make truth     measure again what statements lock, rewrite and scan (CHECK=1 only compares)'
	@echo 'make deviations   the seed'\''s samples and ours, both tried on PostgreSQL and Drizzle'
	@echo 'make new-rule  NAME=... start a new kind of claim (CONTRIBUTING.md)'
	@echo 'make locks     resolve requirements*.lock again (UPGRADE=1 for the newest versions)'

$(VENV)/.locked: requirements-dev.lock
	@test -n "$(PYTHON)" || { echo 'dbarchitect needs Python 3.11 or newer on PATH (or: make PYTHON=/path/to/python …)' >&2; exit 2; }
	@echo 'Making $(VENV) from requirements-dev.lock (about a minute)' >&2
	@"$(PYTHON)" -m venv --clear $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

$(READY): $(VENV)/.locked pyproject.toml
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

demo: $(READY)
	$(BIN)/dbarchitect design examples/commerce.yaml -o demo --yes

test: $(READY)
	$(BIN)/pytest -n $(JOBS) $(ARGS)

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

fix: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(READY)
	@for file in bench/*.py; do echo; echo "== $$file"; $(BIN)/python "$$file" || exit 1; done

docs: $(READY)
	$(BIN)/python tools/docs.py

truth: $(READY)
	$(BIN)/python tools/truth.py $(if $(CHECK),--check)

deviations: $(READY)
	$(BIN)/python tools/deviation_page.py $(NAME)

new-rule: $(READY)
	@test -n "$(NAME)" || { echo 'Say its name: make new-rule NAME=no_orphans' >&2; exit 2; }
	$(BIN)/python tools/new_rule.py "$(NAME)"

locks: $(READY)
	$(BIN)/python tools/lock.py $(if $(UPGRADE),--upgrade)
