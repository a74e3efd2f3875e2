# Two commands set everything up: `make run` and `make test`. Python 3.11 or later, make and git are enough.

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
CLIENTS := params/cdnow.yml params/online_retail.yml params/hanbit_hotel.yml params/fast_food.yml params/nhs_ae.yml
EARLIER := --only 20_value --only 80_scorecard

.PHONY: run test nbval-alone nbval-chain lab lint lock spark clean

run: $(READY)  ## run the sample clients, two of them at an earlier day too, and leave their pages under out/
	$(BIN)/cerm run params/cdnow.yml --as-of 1997-09-30 $(EARLIER)
	$(BIN)/cerm run params/hanbit_hotel.yml --as-of 2025-12-31 $(EARLIER)
	$(BIN)/cerm run $(CLIENTS)

test: $(READY) lint  ## run every check: style, types, tests, notebooks
	$(BIN)/python -m pytest -q -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder
	$(MAKE) -j2 nbval-alone nbval-chain

NBVAL := $(BIN)/python -m pytest -q -p no:cacheprovider -o filterwarnings=default \
	--nbval --nbval-sanitize-with tests/notebooks/sanitize.cfg
ALONE := $(addprefix notebooks/,10_readiness.ipynb 20_value.ipynb 30_segments.ipynb)
CHAIN := $(filter-out $(ALONE),$(sort $(wildcard notebooks/*.ipynb)))

nbval-alone: $(READY)  # notebooks that take nothing another one gives
	rm -rf build/nbval-alone
	CERM_OUT=$(CURDIR)/build/nbval-alone $(NBVAL) $(ALONE)

nbval-chain: $(READY)  # each takes what the ones before it have published
	rm -rf build/nbval-chain
	CERM_OUT=$(CURDIR)/build/nbval-chain $(NBVAL) $(CHAIN)
	CERM_CHAIN=$(CURDIR)/build/nbval-chain $(BIN)/python -m pytest -q -p no:cacheprovider tests/notebooks/test_hotel_tables.py

lab: $(READY)  ## open the notebooks in JupyterLab
	@$(BIN)/jupyter trust notebooks/*.ipynb  # their outputs are this project's own; untrusted ones show no figures
	$(BIN)/jupyter lab --notebook-dir=. $(if $(filter 0,$(shell id -u)),--allow-root) notebooks/20_value.ipynb

lint: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

lock:  ## renew requirements.lock from pyproject.toml (needs uv)
	uv pip compile --universal --no-emit-index-url --no-emit-find-links --generate-hashes --no-header \
		--extra dev --extra identity --extra mysql --extra postgres --output-file requirements.lock pyproject.toml
	uv pip compile --universal --no-emit-index-url --no-emit-find-links --generate-hashes --no-header \
		--extra spark --constraint requirements.lock --output-file requirements-spark.lock pyproject.toml

spark: $(READY)  ## add Spark (about 450 MB; needs Java 17) for clients whose tables lie there
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-spark.lock

clean:
	rm -rf .venv build out

# The environment is whole or absent: the marker is written last, and a half-made one is made anew.
$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "cerm-nb needs Python 3.11 or later; found `$(PYTHON) --version`. Try: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	rm -f $(READY)
	$(PYTHON) -m venv --clear .venv
	@echo "Installing the locked packages; this takes a minute or two the first time."
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(READY)
