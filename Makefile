# Needs only python3 >= 3.11 and make; tests and benchmarks also Node >= 20 with npm. `make help` lists what it can do.

PYTHON  ?= python3
PORT    ?= 8000
DATA    ?= data
WORKERS ?= 2
SOAK_SECONDS ?= 600
ARGS    ?=
RATIOS  ?=

BIN  := .venv/bin
LOCK := $(shell cksum < Pipfile.lock | tr ' ' '-')
# A stamp says that .venv holds what the lock lists; another lock asks for another stamp.
RUN  := .venv/.run-$(LOCK)
DEV  := .venv/.dev-$(LOCK)
PYTEST := $(BIN)/python -m pytest
# A tus client and a tus server of other people, for tests and benchmarks alone.
SCRIPTS := tests/media/javascript
NODE := $(SCRIPTS)/node_modules/.lock-$(shell cksum < $(SCRIPTS)/package-lock.json | tr ' ' '-')
# The phone's engine, for its tests: the product runs without Node.
PHONE := phone/node_modules/.lock-$(shell cksum < phone/package-lock.json | tr ' ' '-')

export SOAK_SECONDS

.DEFAULT_GOAL := help
.PHONY: help run demo-term test lint format bench soak day lock schema clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | awk -F '\t' '{ printf "  make %-9s %s\n", $$1, $$2 }'

run: $(RUN) ## serve a demonstration county on PORT (8000) with its data in DATA (./data); Ctrl-C ends it
	@DUDAO_DEMO=yes DUDAO_DATA="$(DATA)" exec $(BIN)/python manage.py up --port "$(PORT)"

demo-term: $(RUN) ## load a whole term of inspections into DATA, which must be empty; then make run DATA=... shows it
	@DUDAO_DEMO=yes DUDAO_DATA="$(DATA)" exec $(BIN)/python manage.py demo_term $(ARGS)

test: $(DEV) $(NODE) $(PHONE) ## the whole suite, on SQLite and then on PostgreSQL; ARGS are handed to pytest
	@sh tools/test.sh $(BIN) $(WORKERS) $(ARGS)

lint: $(DEV) $(PHONE) ## style, types, layers, migrations, API schema, sizes and knots
	@$(BIN)/python tools/lint.py

format: $(DEV) ## put the sources into the project's format
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format .

bench: $(DEV) $(NODE) ## measure the product; RATIOS=--quick measures briefly, RATIOS=--write keeps docs/benchmarks.md
	@$(BIN)/python -m bench.ratios $(RATIOS)
	@$(BIN)/python -m bench $(ARGS)

soak: $(DEV) $(NODE) $(PHONE) ## long runs, bounded by SOAK_SECONDS (600)
	@sh tools/soak.sh $(BIN) $(ARGS)

day: $(DEV) ## play one day of inspections in a county against a real server
	@$(BIN)/python -m bench.day $(ARGS)

lock: ## choose versions anew and take registry addresses out of Pipfile.lock
	@$(PYTHON) tools/lock.py

schema: $(DEV) ## write api_schema.yaml and the tables of docs/sync-protocol.md anew
	@$(BIN)/python tools/schema.py --write
	@$(BIN)/python tools/protocol.py --write

clean: ## remove the virtual environments and caches; data stay
	@rm -rf .venv .tools $(SCRIPTS)/node_modules phone/node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find backend bench tests tools -name __pycache__ -type d -prune -exec rm -rf {} +

$(RUN):
	@$(PYTHON) tools/bootstrap.py run $@

$(DEV):
	@$(PYTHON) tools/bootstrap.py dev $@ $(RUN)

$(NODE):
	@$(PYTHON) tools/bootstrap.py node $@

$(PHONE):
	@$(PYTHON) tools/bootstrap.py phone $@
