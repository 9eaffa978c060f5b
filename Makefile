# Two commands do everything: `make build` makes the site, `make test` runs all checks.
# Distributions build their Python with profile-guided optimisation; one that was compiled without takes an eighth longer.
PYTHON ?= $(shell for p in /usr/bin/python3 python3; do \
	$$p -c 'import ensurepip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done || echo python3)
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
TESTS  := $(VENV)/.ready-tests

.PHONY: build serve watch test lint types check bench fuzz clean help

help: ## Say what there is
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

$(READY): pyproject.toml requirements.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-virtualenv -r requirements.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	$(BIN)/python -m compileall -q site  # what an installation from a wheel does; a fifth of a second at every start
	@touch $@

$(TESTS): $(READY) requirements-dev.txt
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

build: $(READY) ## Ingest seeds/, make the site in build/
	$(BIN)/dateline build
	@echo "The site is in build/: see it with 'make serve', or let any web server serve that folder."

serve: $(READY) ## Make the site and serve it, with live reload
	$(BIN)/dateline serve --watch

watch: $(READY) ## Make the site again whenever something changes
	$(BIN)/dateline watch

lint: $(TESTS) ## Look for faults of style
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(TESTS) ## Check the types
	$(BIN)/mypy

test: lint types ## Run all checks: style, types, tests, coverage
	$(BIN)/pytest -n logical --dist worksteal --cov --cov-report=term:skip-covered

check: $(READY) ## Check the built site: links, feeds, pictures
	$(BIN)/dateline check

bench: $(TESTS) ## Compare with Hugo and Pelican, side by side
	$(BIN)/python benchmarks/compare.py

fuzz: $(TESTS) ## Throw random input at every reader for a while
	DATELINE_FUZZ_SECONDS=600 $(BIN)/pytest tests/fuzz

clean: ## Remove what was built; sources stay
	rm -rf build .dateline
