# Everything a person or CI does here is a target; `make help` lists them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PACKAGES := shared services/ingest services/sentiment services/recommender services/mailer infra/understudy infra/local
CODE := shared services infra tests conftest.py

.DEFAULT_GOAL := help
.PHONY: help setup demo check format test lock clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: $(VENV)/.ready ## build .venv with every package, pinned

$(VENV)/.ready: constraints.txt pyproject.toml $(PACKAGES:%=%/pyproject.toml)
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --constraint constraints.txt uv
	VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install --quiet --constraint constraints.txt --group dev $(PACKAGES:%=--editable %)
	@touch $@

demo: setup ## run a file to finished emails: make demo [DATA=file.csv] [OUT=dir]
	@$(BIN)/python -m local demo $(if $(DATA),--data '$(DATA)') $(if $(OUT),--out '$(OUT)')

check: setup ## format, lint and types, over code and tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy $(CODE)

format: setup ## format and fix what can be fixed
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

test: setup ## unit, integration and end-to-end tests
	$(BIN)/python -m pytest -n 2 --dist loadgroup

lock: setup ## pin the newest versions that fit together into constraints.txt
	$(BIN)/uv pip compile --quiet --universal --upgrade --no-emit-index-url --no-header --no-annotate \
	  --python-version 3.11 --group pyproject.toml:dev $(PACKAGES:%=%/pyproject.toml) \
	  $(foreach p,$(PACKAGES),--no-emit-package encore-$(notdir $(p))) --output-file constraints.txt

clean: ## remove what was built here
	rm -rf $(VENV) out .mypy_cache .pytest_cache .ruff_cache
