# Two commands on a fresh machine: `make demo` and `make test`. Everything lands in .venv and demo/.
# `make test-servers` adds the tests that need system packages; it installs them (root).
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready

SYSTEM := tesseract-ocr tesseract-ocr-ara tesseract-ocr-fra chromium fonts-noto-core

.PHONY: demo test test-servers check constraints clean

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

test-servers: $(READY)
	command -v tesseract >/dev/null && command -v chromium >/dev/null || (apt-get update -qq && apt-get install -y -qq --no-install-recommends $(SYSTEM) >/dev/null)
	$(BIN)/pytest -m servers

constraints:
	$(BIN)/uv pip compile --universal --quiet --no-header --no-annotate --no-emit-index-url --all-extras pyproject.toml --output-file constraints.txt

clean:
	rm -rf .venv demo
