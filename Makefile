# Every target sets the machine up by itself: Python 3.11 or newer and make are all it takes.
VENV ?= .venv
PYTHON ?= python3
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# uv with the machine's pip settings (index, find-links, certificate), so that a mirror set for pip serves here too.
UV = UV_COMPILE_BYTECODE_TIMEOUT=600 $(BIN)/python tasks/provision/pip_settings.py $(BIN)/uv

.PHONY: install smoke up test test-operate test-operate-long check format requirements environments docs clean

install: $(READY)

$(READY): requirements/dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or newer is needed; give one with make PYTHON=python3.12" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check "$$(grep '^uv==' requirements/run.txt)"
	$(UV) pip install --quiet --compile-bytecode --python $(BIN)/python --no-deps --requirement requirements/dev.txt
	$(UV) pip install --quiet --python $(BIN)/python --no-deps --editable .
	$(BIN)/python -m tasks.report.page.vega_script
	@touch $@

smoke: install
	$(BIN)/servegauge run smoke

# make up OPTIONS="--port 4300"
up: install
	$(BIN)/servegauge up $(OPTIONS)

# Tests that measure no time run two at a time, the others one by one. What failed is tried once more, and fails when it
# fails twice: a machine that stands still for a second breaks any measurement.
SIDE_BY_SIDE = audit blocks cli config exchange faults plan record report track
PAIRED = $(SIDE_BY_SIDE:%=tests/%)
ONE_BY_ONE = --ignore=tests/operate $(SIDE_BY_SIDE:%=--ignore=tests/%)
test: install
	$(BIN)/pytest -n 2 --dist worksteal $(PAIRED) || $(BIN)/pytest $(PAIRED) --last-failed
	$(BIN)/pytest $(ONE_BY_ONE) || $(BIN)/pytest $(ONE_BY_ONE) --last-failed

# Operating it: a Prefect server, workers and a browser of its own. Prefect's SQLite answers 503 now and then on a
# crowded machine, so what failed is tried once more; it fails when it fails twice.
test-operate: install
	$(BIN)/pytest -n 2 --dist loadfile tests/operate || $(BIN)/pytest tests/operate --last-failed

# The same with what takes minutes: the real smoke from `make up` in a browser, ten in line, killed workers, PostgreSQL.
test-operate-long: install
	SERVEGAUGE_LONG=1 $(BIN)/pytest tests/operate

check: install
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/pytest --quiet tests/test_imports.py

format: install
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# Pins, without index addresses. The .in files and pyproject.toml are what a person edits.
COMPILE = $(UV) pip compile --quiet --no-emit-index-url --no-emit-find-links

requirements: install
	$(COMPILE) --universal --python-version 3.11 --custom-compile-command "make requirements" \
	  pyproject.toml -c requirements/constraints.in -o requirements/run.txt
	$(COMPILE) --universal --python-version 3.11 --custom-compile-command "make requirements" \
	  pyproject.toml --extra dev -c requirements/run.txt -o requirements/dev.txt

NAMES ?= vllm-cpu vllm-cuda
environments: install
	$(BIN)/python -m tasks.provision.compile_pins $(NAMES)

# Tables of the docs that come from the code.
docs: install
	$(BIN)/servegauge schema > deployments/spec.schema.json
	$(BIN)/python -m tasks.measure.speed.figures.figure_docs
	$(BIN)/python -m tasks.exchange.definition_docs
	$(BIN)/python -m tests.measure.speed.response.manner_docs

clean:
	rm -rf $(VENV) build *.egg-info .pytest_cache .mypy_cache .ruff_cache
