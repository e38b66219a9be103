# `make help` lists what there is. Every target does its own set-up, in .venv.
PYTHON ?= python3

# The locks name all there is. Without --no-deps, pip resolves again, and a release of today that
# fits `coverage[toml]` is in the way of the locked one: https://github.com/pypa/pip/issues/9644

# What the caller's shell has activated or put on a path is not this project's. Nor may it keep Python
# from writing byte-code: each of the many processes would compile the same modules again.
unexport PYTHONHOME PYTHONPATH PYTHONSAFEPATH PYTHONSTARTUP PYTHONWARNINGS VIRTUAL_ENV
unexport PYTHONDONTWRITEBYTECODE

# Named after the Python it was made with, so that another one makes it anew.
VERSION := $(shell $(PYTHON) -c 'import sys; print("{}.{}".format(*sys.version_info))' 2>/dev/null)
SANDBOX_READY := .venv/.sandbox-ready-$(VERSION)
READY := .venv/.ready-$(VERSION)
VENV_PYTHON := .venv/bin/python
LOCK_READY := .venv-lock/.ready-$(VERSION)
CHECKED := $(wildcard rotate sandbox tests bench docker entrypoint.py .github/release.py)
SCANNED := rotate sandbox docker entrypoint.py .github/release.py
SCRIPTS := $(wildcard .ci/* tests/*/*.sh)
CHECK_SCHEMA := .venv/bin/check-jsonschema --quiet --builtin-schema
# What is younger is left alone, as Dependabot does: make lock COOLDOWN='0 days' is for what cannot wait.
COOLDOWN := 7 days
COMPILE := .venv-lock/bin/uv pip compile --quiet --universal --python-version 3.11 \
	--generate-hashes --custom-compile-command 'make lock' --upgrade --exclude-newer '$(COOLDOWN)'

define CHECK_PYTHON
@$(PYTHON) -c '' 2>/dev/null || { \
	echo '$(PYTHON) does not run. Install Python 3.11 or newer, or name it: make PYTHON=python3.13 …' >&2; \
	exit 1; }
@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	echo '$(PYTHON) is Python $(VERSION). This needs 3.11 or newer: make PYTHON=python3.13 …' >&2; \
	exit 1; }
@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	echo '$(PYTHON) cannot make a virtual environment. On Debian and Ubuntu: apt install python3-venv' >&2; \
	exit 1; }
endef

define INSTALL
@$(VENV_PYTHON) -m pip install --quiet --quiet --disable-pip-version-check \
	--require-hashes --no-deps --requirement $(1)
@$(VENV_PYTHON) -m pip check --quiet --disable-pip-version-check
endef

.PHONY: help setup sandbox demo test lint audit package image lock bench mutants clean
.DEFAULT_GOAL := help

help:
	@echo 'make demo    run the action against the sandbox, then log in to the registry as a codespace does'
	@echo 'make test    lint, type check and the whole test suite, with coverage'
	@echo 'make lint    what can be seen without running: style, types, security, schemas'
	@echo 'make audit   ask PyPI for advisories on what is locked'
	@echo 'make setup   only make .venv, as the others do first'
	@echo 'make sandbox only make what the demo needs of .venv'
	@echo 'make lock    resolve the dependencies anew: requirements*.txt'
	@echo 'make package build what goes to PyPI, in dist'
	@echo 'make bench   measure what the figures in README.md come from'
	@echo 'make image   build the image of the action, as rotate-ecr-token, with docker or buildah'
	@echo 'make mutants change the middle in small ways, and tell which changes no unit test notices'
	@echo 'make clean   remove all that these made'
	@echo
	@echo 'PYTHON=python3.13 picks another Python: 3.11 or newer.'

setup: $(READY)

sandbox: $(SANDBOX_READY)

demo: $(SANDBOX_READY)
	@$(VENV_PYTHON) -m sandbox.demo

# More at once than there are processors, for many a test waits. Those of the container share one
# image, and only root may mount what it sees.
test: lint
	@$(VENV_PYTHON) -m pytest --quiet --numprocesses=6 --ignore=tests/container --cov --cov-report=term
	@$(AS_ROOT) $(VENV_PYTHON) -m pytest --quiet tests/container

lint: $(READY)
	@$(VENV_PYTHON) -m ruff check --quiet $(CHECKED)
	@$(VENV_PYTHON) -m ruff format --quiet --check $(CHECKED)
	@$(VENV_PYTHON) -m mypy --no-error-summary $(CHECKED)
	@.venv/bin/bandit --quiet --configfile pyproject.toml --recursive $(SCANNED)
	@.venv/bin/zizmor --offline --quiet --no-progress --persona=pedantic .github action.yml
	@$(CHECK_SCHEMA) vendor.github-actions action.yml
	@$(CHECK_SCHEMA) vendor.github-workflows .github/workflows/*.yml
	@$(CHECK_SCHEMA) vendor.dependabot .github/dependabot.yml
	@.venv/bin/shellcheck $(SCRIPTS)
	@.venv/bin/hadolint Dockerfile

# Not part of `lint`: an advisory, or an outage of PyPI, comes without a change of ours.
# --strict: what cannot be asked for is no success.
audit: $(READY)
	@for lock in requirements*.txt; do \
		.venv/bin/pip-audit --strict --disable-pip --require-hashes --progress-spinner off \
			--requirement "$$lock" || exit 1; \
	done

# hatchling as it is locked; a build in isolation would fetch the newest one.
package: $(READY)
	@rm -rf dist
	@$(VENV_PYTHON) -m hatchling build

# Each lock takes its versions from the one before: what is tested is what the image holds.
lock: $(LOCK_READY)
	@$(COMPILE) pyproject.toml --output-file requirements.txt
	@$(COMPILE) pyproject.toml --group sandbox --constraint requirements.txt \
		--output-file requirements-sandbox.txt
	@$(COMPILE) pyproject.toml --extra cli --group dev --constraint requirements-sandbox.txt \
		--output-file requirements-dev.txt
	@$(COMPILE) --group lock --output-file requirements-lock.txt

bench: $(READY)
	@$(VENV_PYTHON) -m bench

# A docker client without an engine builds nothing.
image:
	@if docker version >/dev/null 2>&1; then docker build --tag rotate-ecr-token .; \
	elif buildah --version >/dev/null 2>&1; then buildah build --tag rotate-ecr-token .; \
	else echo 'Neither docker nor buildah runs. Install one: https://docs.docker.com/engine/install/' >&2; \
		exit 1; fi

# Another choice of mutants: make mutants MUTANTS='rotate.schedule*'
mutants: $(READY)
	@$(VENV_PYTHON) -m mutmut run $(MUTANTS)
	@$(VENV_PYTHON) -m mutmut results

clean:
	@rm -rf .venv .venv-lock .mypy_cache .pytest_cache .ruff_cache .hypothesis .benchmarks \
		.coverage .coverage.* dist mutants
	@find $(CHECKED) -name __pycache__ -type d -prune -exec rm -rf {} +

# The demo must not wait for the tools of the tests, which weigh ten times as much.
$(SANDBOX_READY): requirements-sandbox.txt
	$(CHECK_PYTHON)
	@echo 'Setting up .venv with Python $(VERSION); this is done once.'
	@$(PYTHON) -m venv --clear .venv
	$(call INSTALL,$<)
	@touch $@

$(READY): requirements-dev.txt $(SANDBOX_READY)
	@echo 'Adding the tools of the tests; this is done once and takes about a minute.'
	$(call INSTALL,$<)
	@touch $@

# In an environment of its own: it must run when the other locks are broken.
$(LOCK_READY): requirements-lock.txt
	$(CHECK_PYTHON)
	@$(PYTHON) -m venv --clear .venv-lock
	@.venv-lock/bin/python -m pip install --quiet --quiet --disable-pip-version-check \
		--require-hashes --no-deps --requirement requirements-lock.txt
	@touch $@
