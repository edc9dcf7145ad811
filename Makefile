# What a person types. Each target sets up what it needs, so a fresh clone can begin with any of them.

PORT ?= 8501
WORKERS ?= 2
# Where a PATH without the system folders would not find the database server.
export PATH := $(PATH):/usr/sbin:/usr/local/sbin
# A process that may keep what it compiled starts half a second sooner the next time, and the tests start hundreds.
unexport PYTHONDONTWRITEBYTECODE
BIN := .venv/bin

.PHONY: help setup run check test prove bench
.DEFAULT_GOAL := help

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-7s %s\n", $$1, $$2}' Makefile

setup: ## make .venv, or bring it to what requirements.txt pins
	@.ci/venv

run: setup ## migrate the desk's databases and serve it on 127.0.0.1 (PORT=8501)
	@$(BIN)/python -m lib migrate
	@exec $(BIN)/streamlit run app.py --server.port $(PORT)

check: setup ## lint, format, types, the import rules, secrets in code, known holes in packages
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy lib validation pages app.py
	$(BIN)/lint-imports --no-logo
	$(BIN)/python .ci/secrets
	$(BIN)/python .ci/audit

test: setup ## every test, on SQLite, a throw-away MariaDB and in Chromium (WORKERS=2)
	@.ci/mariadb && .ci/chromium
	@$(BIN)/pytest -n $(WORKERS) --dist worksteal

prove: setup ## the heavy proofs that make test keeps a small one of
	@.ci/mariadb && .ci/chromium
	@$(BIN)/pytest -m prove -s

bench: setup ## measure, and print what was measured (BENCH_ROWS=100000 BENCH_ROUNDS=3 BENCH_LARGE=1)
	@.ci/mariadb && .ci/chromium && .ci/bench-venv
	@$(BIN)/pytest -m bench -s
