# Two commands on a fresh machine: `make demo` and `make test`. Everything lands in .venv and demo/.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready

.PHONY: demo test check constraints clean

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(BIN)/uv pip install --quiet --python $(BIN)/python --compile-bytecode --constraint constraints.txt --editable '.[dev]'
	$(BIN)/python -m compileall -q src
	touch $(READY)

demo: $(READY)
	test -e demo/dalil.yaml || $(BIN)/dalil init demo --recipe app-catalogue
	$(BIN)/dalil run --workspace demo
	@echo 'So that `dalil` is found: . .venv/bin/activate'

check: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

test: check
	$(BIN)/pytest -n auto

constraints:
	$(BIN)/uv pip compile --universal --quiet --no-header --no-annotate --no-emit-index-url --all-extras pyproject.toml --output-file constraints.txt

clean:
	rm -rf .venv demo
