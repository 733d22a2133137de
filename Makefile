# Python 3.10 or 3.11 and pip are enough. On 3.12, xtcocotools has no wheel and
# needs a C compiler. PYTHON=... chooses another interpreter.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help install demo test properties lint format web wheel clean

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

# Real data for the tests that want it, where it lies beside this clone.
ifndef SCGCN_DATA
ifneq ($(wildcard ../shared/data),)
export SCGCN_DATA := $(abspath ../shared/data)
endif
endif

help: ## Show this list
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 20

install: $(STAMP) ## Make the private environment in .venv (once)

demo: $(STAMP) ## Run the demonstration
	$(BIN)/python tools/demo.py

# One thread for each process: more only get into each other's way.
test: lint ## Lint, then run the tests, a process for each core
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest \
	  -n auto --maxprocesses 8 --dist worksteal

properties: $(STAMP) ## Try each property on 1000 cases
	SCGCN_PROPERTIES=full OMP_NUM_THREADS=1 $(BIN)/python -m pytest \
	  -n auto --maxprocesses 8 --dist worksteal tests/test_properties

lint: $(STAMP) ## Check style, format and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(STAMP) ## Put style and format right
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# npm fetches it, once. A wheel that is built afterwards carries it.
web: $(STAMP) ## Fetch what runs the models of the live page in a browser
	$(BIN)/python -c 'from mmpose_scgcn.web.browser_runtime import \
	  fetch_into_package; fetch_into_package()'

wheel: $(STAMP) ## Build the wheel into dist/
	$(BIN)/pip wheel . --no-deps --no-build-isolation -w dist
	rm -rf build

clean: ## Remove the environment and all that was built
	rm -rf $(VENV) build dist mmpose_scgcn/.mim *.egg-info
	rm -rf .hypothesis .mypy_cache .pytest_cache .ruff_cache

# A shim called python3 may exist and fail: candidates are run, not looked up.
$(STAMP): $(wildcard requirements/*.txt) setup.py pyproject.toml
	@for python in "$${PYTHON:-}" python3.11 python3.10 python3 python3.12; do \
	  if [ -n "$$python" ] && "$$python" -c 'import ensurepip, sys, venv; \
	sys.exit(not (3, 10) <= sys.version_info < (3, 13))' 2>/dev/null; \
	  then found=$$python; break; fi; \
	done; \
	if [ -z "$${found:-}" ]; then \
	  echo 'Python 3.10, 3.11 or 3.12 with venv is needed;' \
	    'name one with PYTHON=/path/to/python' >&2; exit 1; \
	fi; \
	"$$found" -m venv --clear $(VENV)
	@wheels='--only-binary :all:'; \
	if $(BIN)/python -c 'import sys; sys.exit(sys.version_info < (3, 12))'; \
	then \
	  $(BIN)/pip install -q $$wheels -c requirements/runtime.txt \
	    Cython numpy setuptools; \
	  wheels="$$wheels --no-binary xtcocotools --no-build-isolation"; \
	fi; \
	set -x; \
	$(BIN)/pip install -q $$wheels -r requirements/runtime.txt \
	  -r requirements/test.txt; \
	$(BIN)/pip install -q --no-deps -r requirements/mmpose.txt \
	  -r requirements/detector.txt; \
	$(BIN)/pip install -q --no-deps --no-build-isolation -e .
	@touch $@
