PYTHON ?= python
FUZZ ?= 10000
FUZZ_SEED ?= 0
ORACLE ?= /tmp/fixaudit-oracle

.PHONY: demo test matrix fuzz kills oracle lint docs bench

demo:  ## what it finds in its own examples
	-$(PYTHON) -m fixaudit_cli apply --dry-run --isolated --no-cache examples

test:
	$(PYTHON) -m pytest -q -n auto

matrix:  ## the smoke tests on every Python of this machine; whole suites: MATRIX=--all
	$(PYTHON) scripts/matrix.py $(MATRIX)

fuzz:  ## all codemods on modules made by chance; other ones: FUZZ_SEED=20000, more: FUZZ=50000
	FIXAUDIT_FUZZ=$(FUZZ) FIXAUDIT_FUZZ_SEED=$(FUZZ_SEED) $(PYTHON) -m pytest -q -n auto tests/fuzz

kills:  ## kills, editor saves and full disks over real packages: KILLS="--seed 2 --kills 50"
	$(PYTHON) scripts/kill_rounds.py $(KILLS)

oracle:  ## what it says of some 450 hand-judged sites of six applications, which are downloaded to ORACLE
	$(PYTHON) tests/oracle/oracle_trees.py $(ORACLE)
	$(PYTHON) tests/oracle/oracle_score.py $(ORACLE)

lint:
	$(PYTHON) -m ruff check .
	$(PYTHON) -m black --check --quiet .
	$(PYTHON) -m mypy
	$(PYTHON) -c "from importlinter.cli import lint_imports_command as lint; lint()"

docs:
	$(PYTHON) scripts/generate_docs.py

bench:  ## times and ratios against what else is installed, as Markdown; all: BENCH="--size both --growth --peers"
	$(PYTHON) benchmarks/run.py $(BENCH)
