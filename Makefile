# Two commands on a machine with Python 3.11 or newer, git and make.
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin

.PHONY: demo test bench check-spark clean

demo: $(VENV)/.installed
	$(BIN)/iamlint check fixtures --exit-zero

test: $(VENV)/.tested
	$(BIN)/python -m pytest -n 2

bench: $(VENV)/.tested
	$(BIN)/python -m benchmarks

# PySpark has 450 MB and runs on Java: 17 or newer, which apt-get install is asked for where there is none.
check-spark: $(VENV)/.tested
	command -v java || (apt-get update && apt-get install --yes --no-install-recommends default-jre-headless)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check pyspark
	$(BIN)/python -m tests.usage.check_spark

$(VENV)/.installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	touch $@

$(VENV)/.tested: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test,usage]'
	touch $@ $(VENV)/.installed

clean:
	rm -rf $(VENV) build dist
