# One line per verb; `make help` lists them. Needs Python >= 3.11, make and git; everything else is installed here.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -q
FUZZ_TESTS := tests/contract/test_api_fuzz.py tests/contract/web/test_request_fuzz.py tests/unit/statements/test_parser_fuzz.py
DEMO_FLAGS := $(if $(ONCE),--once,) $(if $(SIMULATE),--simulate-provider,)

.PHONY: help setup demo dev test fuzz lint types fence fmt migrate bench bench-provider eval lock check-lock clean

help:  ## list the verbs
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "ExpenseFlow needs Python 3.11 or newer; set PYTHON=/path/to/python3.11")'
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.setup: requirements.lock pyproject.toml | $(BIN)/python
	@echo "installing ExpenseFlow into $(VENV)"
	@$(PIP) install --require-hashes -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.setup
	@echo "installing the test tools into $(VENV)"
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@

setup: $(VENV)/.setup  ## install everything into .venv; leaves .venv/bin/expenseflow

demo: $(VENV)/.setup  ## a believable month becomes a report on http://127.0.0.1:5000 (ONCE=1 ends after the summary, SIMULATE=1 with a simulated AI service)
	@$(BIN)/expenseflow demo $(DEMO_FLAGS) || [ $$? -eq 130 ]  # Ctrl-C is how it ends

dev: $(VENV)/.dev  ## serve with reload on code changes
	@EXPENSEFLOW_RELOAD=1 $(BIN)/expenseflow serve

test: lint types  ## lint, types, all rings of tests, coverage
	@PATH="$(CURDIR)/$(BIN):$$PATH" bash tests/run.sh

fuzz: $(VENV)/.dev  ## made-up calls and files for FUZZ_MINUTES (10); seeds are told, FUZZ_SEED=n repeats one
	@PATH="$(CURDIR)/$(BIN):$$PATH" FUZZ_MINUTES="$${FUZZ_MINUTES:-10}" python -m tests.support.with_postgres \
	    python -m pytest -n 2 -p no:randomly -rA $(FUZZ_TESTS)

lint: $(VENV)/.dev fence  ## ruff and the import fences
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

fence: $(VENV)/.dev
	@$(BIN)/lint-imports --no-cache

types: $(VENV)/.dev  ## pyright, strict
	@$(BIN)/basedpyright

fmt: $(VENV)/.dev  ## format and mend what can be mended
	@$(BIN)/ruff check --fix-only -q .
	@$(BIN)/ruff format .

migrate: $(VENV)/.setup  ## bring the database schema up to date
	@$(BIN)/expenseflow migrate

bench: $(VENV)/.dev  ## measure what docs/benchmarks.md quotes
	@$(BIN)/python -m benchmarks $(ARGS)

bench-provider: $(VENV)/.dev  ## how close to the provider's limits a report comes, beside what others do
	@$(BIN)/python -m benchmarks.provider $(ARGS)

eval: $(VENV)/.setup  ## how often the codes are right on labelled card data (DATA=folder)
	@$(BIN)/python -m expenseflow.categorization.evals $(DATA)

lock: $(VENV)/.dev  ## resolve the dependencies anew, with hashes
	@$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --no-strip-extras -q --extra build pyproject.toml -o requirements.lock
	@$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --no-strip-extras -q --extra build --extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock

clean:  ## remove what the other verbs made
	@rm -rf $(VENV) .pytest_cache .ruff_cache .hypothesis .coverage .coverage.*
