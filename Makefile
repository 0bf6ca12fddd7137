# The two commands: make run, make test. Everything else is said by make help.
UV_VERSION := 0.13.9
PYTHON ?= python3
PY := .venv/bin/python

PACKAGES := bot handlers schedules storage
# Compiled once here, the program starts twice as fast, also where Python may not write its caches.
SYNC := --quiet --python $(PY) --require-hashes --compile-bytecode

.PHONY: help install run test check bench chaos tour lock clean

help:
	@echo "make install | run | test | bench | chaos | tour | lock | clean"

install: .venv/.run

.venv/.uv: Makefile
	$(PYTHON) -m venv .venv
	$(PY) -m pip install --quiet --disable-pip-version-check "uv==$(UV_VERSION)"
	@touch $@

.venv/.run: requirements.lock .venv/.uv
	.venv/bin/uv pip sync $(SYNC) requirements.lock
	@$(PY) -m compileall -q $(PACKAGES)
	@rm -f .venv/.dev; touch $@

# The development lock holds the whole runtime lock, so a developer's `make run` installs nothing again.
.venv/.dev: requirements-dev.lock requirements.lock .venv/.uv
	.venv/bin/uv pip sync $(SYNC) requirements-dev.lock
	@touch .venv/.run $@

run: .venv/.run
	@exec $(PY) -m bot $(if $(NUANXIN_CONFIG),--config "$(NUANXIN_CONFIG)") run

check: .venv/.dev
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports --no-cache

test: check
	$(PY) -m pytest -n 3 --dist loadgroup

bench: .venv/.dev
	@$(PY) -m benchmarks

chaos: .venv/.dev
	@$(PY) -m benchmarks.chaos

# The pictures of docs/tour.md, from the sandbox in Debian's chromium.
tour: .venv/.dev
	@$(PY) -m tests.tour

COMPILE := .venv/bin/uv pip compile --quiet --generate-hashes --universal --no-emit-index-url --no-header --python-version 3.11

# The development lock comes first, since its tools are the choosier ones; the runtime lock is held to it.
lock: .venv/.uv
	$(COMPILE) pyproject.toml --group dev -o requirements-dev.lock
	$(COMPILE) pyproject.toml -c requirements-dev.lock -o requirements.lock

clean:
	rm -rf .venv .mypy_cache .ruff_cache
