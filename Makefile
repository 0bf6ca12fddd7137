# The two commands: make run, make test. `make help` lists the others.
PYTHON ?= python3
PY := .venv/bin/python

PACKAGES := bot handlers schedules storage
# Compiled once here, the program starts twice as fast, also where Python may not write its caches.
# Without the mark .venv is new, or slimmed (deploy/slim.sh): what is installed lacks files.
SYNC := --quiet --python $(PY) --require-hashes --compile-bytecode $(if $(wildcard .venv/.uv),,--reinstall)

# The tests start the program some fifty times; without compiled files each start takes twice as long.
CACHED := PYTHONDONTWRITEBYTECODE=

# Per cent of lines and branches; a point below what `make test` prints.
FLOOR := 90
MEASURED := .venv/coverage.json

.PHONY: help install run check format test test-pairs test-fast coverage bench compare chaos shape tables tour journeys vendor hooks lock clean

help: ## print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: .venv/.run ## build .venv from the hashed lock; nothing else

.venv/.uv: requirements-uv.lock
	$(PYTHON) -m venv .venv
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-uv.lock
	@touch $@

.venv/.run: requirements.lock .venv/.uv
	.venv/bin/uv pip sync $(SYNC) requirements.lock
	@$(PY) -m compileall -q $(PACKAGES)
	@$(PY) -m handlers.i18n.catalogues
	@rm -f .venv/.dev; touch $@

# The development lock holds the whole runtime lock, so a developer's `make run` installs nothing again.
.venv/.dev: requirements-dev.lock requirements.lock .venv/.uv
	.venv/bin/uv pip sync $(SYNC) requirements-dev.lock
	@touch .venv/.run $@

run: .venv/.run ## migrate the database and start the bot; the sandbox if there is no token
	@exec $(PY) -m bot run

check: .venv/.dev ## static checks: ruff, mypy (strict), the import contracts
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports --no-cache

format: .venv/.dev ## fix what ruff can fix, and format the code
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .

# SlipCover counts at a fiftieth of what coverage.py costs on Python 3.11, where tracing is dear.
test: check ## static checks and all tests, on SQLite and PostgreSQL, with their coverage
	$(CACHED) $(PY) -W "ignore:Unable to activate" -m slipcover --format json --out $(MEASURED) -m pytest -n 3 --dist loadgroup
	@$(PY) -m tests.support.coverage_floor $(MEASURED) $(FLOOR)

test-pairs: check ## all tests, each chat in each language on each database
	$(CACHED) $(PY) -m pytest -n 3 --dist loadgroup --every-pair

test-fast: .venv/.dev ## the tests that start no process: under 30 s
	$(CACHED) $(PY) -m pytest -n 2 tests/unit

coverage: .venv/.dev ## all tests, and the lines and branches that none of them reaches
	$(CACHED) $(PY) -W "ignore:Unable to activate" -m slipcover --skip-covered -m pytest -n 3 --dist loadgroup

bench: .venv/.dev ## measure speed, compared with a named peer
	@$(PY) -m benchmarks

compare: .venv/.dev ## measure processor time a unit against another commit: make compare COMMIT=7474f00
	@$(PY) -m benchmarks.compare $(COMMIT)

chaos: .venv/.dev ## inject failures and check the goals
	@$(PY) -m benchmarks.chaos

shape: .venv/.dev ## measure the source (folders, imports, long files, untyped seams), compared with version 0.7
	@$(PY) -m benchmarks.shape

tables: .venv/.dev ## redraw docs/tables.md after a change of the schema
	@$(PY) -m tests.support.table_diagram

# From the sandbox in Debian's chromium.
tour: .venv/.dev ## retake the pictures of docs/tour.md
	@$(PY) -m tests.support.tour_pictures

journeys: .venv/.dev ## play the journeys of users in the sandbox, count them, and write docs/journeys.md
	@$(PY) -m tests.support.journeys

# Needs npm. The files are committed, so nobody else does.
vendor: .venv/.dev ## fetch the libraries of the pages anew, as bot/web/vendor/libraries.toml names them
	@$(PY) -m tests.support.vendoring

COMPILE := .venv/bin/uv pip compile --quiet --generate-hashes --universal --no-emit-index-url --no-header --python-version 3.11

# The development lock comes first, since its tools are the choosier ones; the runtime lock is held to it.
# What is locked stays unless pyproject.toml forbids it; UPGRADE=--upgrade raises everything.
lock: .venv/.uv ## write the locks from pyproject.toml; with UPGRADE=--upgrade, raise all versions
	$(COMPILE) $(UPGRADE) pyproject.toml --group dev -o requirements-dev.lock
	$(COMPILE) $(UPGRADE) pyproject.toml -c requirements-dev.lock -o requirements.lock
	echo uv | $(COMPILE) $(UPGRADE) - -o requirements-uv.lock

hooks: .venv/.dev ## run the quick checks at every commit (pre-commit)
	.venv/bin/pre-commit install

clean: ## remove .venv and the caches
	rm -rf .venv .mypy_cache .ruff_cache .coverage
