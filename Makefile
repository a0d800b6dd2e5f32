# `make demo` runs the whole line, `make test` passes the tests; both set up `.venv` by themselves.
# A third, `make check`, is what the tests' machine also runs: format, lint, types.

PYTHON ?= python3
EVENT ?= settings.yaml
VENV := .venv
BIN := $(VENV)/bin
LOCK := $(BIN)/pip-compile --quiet --strip-extras --allow-unsafe --extra build --generate-hashes \
    --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-header

.PHONY: demo test check fmt lock texts clean

demo: $(VENV)/.ready
	$(BIN)/tayang --settings "$(EVENT)" demo

test: $(VENV)/.ready-dev
	$(BIN)/python tests/packages.py
	$(BIN)/python -m pytest -n auto --dist loadfile

check: $(VENV)/.ready-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

fmt: $(VENV)/.ready-dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# What the lock files hold is names, versions and hashes; where to get them is the machine's business.
lock: $(VENV)/.ready-dev
	$(BIN)/python -m pip install --quiet pip-tools
	$(LOCK) --output-file requirements.lock pyproject.toml
	$(LOCK) --extra dev --constraint requirements.lock --output-file requirements-dev.lock pyproject.toml

# Collects the panel's words into its English catalogue; what is new there waits to be translated.
TEXTS := pipeline/panel/locale
texts: $(VENV)/.ready-dev
	$(BIN)/pybabel --quiet extract --mapping $(TEXTS)/babel.cfg --keyword t --no-location --omit-header \
	    --output-file $(TEXTS)/words.pot pipeline/panel
	$(BIN)/pybabel --quiet update --input-file $(TEXTS)/words.pot --output-file $(TEXTS)/en.po --locale en \
	    --no-fuzzy-matching --ignore-obsolete --omit-header --no-wrap
	rm $(TEXTS)/words.pot

clean:
	rm -rf $(VENV) var build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	    { echo "Tayang perlu Python 3.11 ke atas · needs Python 3.11 or newer (make PYTHON=python3.12)"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.ready: $(BIN)/python requirements.lock pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

$(VENV)/.ready-dev: $(BIN)/python requirements-dev.lock pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@ $(VENV)/.ready
