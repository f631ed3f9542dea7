# Every target sets up .venv by itself; nothing else is needed than Python 3.11 with venv, and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUN := $(VENV)/.run
DEV := $(VENV)/.dev
REPLAY := $(VENV)/.replay
BENCH := $(VENV)/.bench
PEERS := $(VENV)/.peers
SCRAPYD := $(VENV)/.scrapyd
VIEWERS := $(VENV)/.viewers
REPLAYWEBPAGE := replaywebpage-2.5.3.tgz
REPLAYWEBPAGE_SHA512 := 9c28f63d238ddc1c5e489284f00b183f250bbf45cf64a2567f2e25f4fc90adef52ab02d9f9629956cfec7cba8f390e06ac7fb46248dbc0e86bf1c4931f4f20b1

# Bytecode is cached even where the environment says otherwise: the tests start hundreds of processes.
PYTEST := PYTHONDONTWRITEBYTECODE= PYTHONPYCACHEPREFIX=$(CURDIR)/$(VENV)/pycache $(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder
TOOLS := busybox chromium gcc openssl unzip wget

.DEFAULT_GOAL := help
.PHONY: help tools demo test test-all check bench bench-capture bench-extraction hostile kills kills-crawl kills-disposal rehearsal mutations bench-freshness bench-harvest bench-reextract bench-state bench-crawlers bench-snapshot viewers replay scrapyd egg format layers lock clean

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "%-18s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(RUN)  ## crawl the built-in demo outlets, served locally, and show the result
	$(BIN)/scrapy demo

test: tools $(DEV) $(REPLAY) $(SCRAPYD)  ## run the tests, in under 6 minutes on 2 cores
	$(PYTEST) -m "not slow"

test-all: tools $(DEV) $(REPLAY) $(SCRAPYD)  ## run all tests, the long trials too
	$(PYTEST)

tools:
	@missing=; for tool in $(TOOLS); do command -v $$tool >/dev/null || missing="$$missing $$tool"; done; \
	  [ -z "$$missing" ] || { echo "make: the tests need more programs; on Debian: apt-get install$$missing" >&2; exit 2; }

check: $(DEV)  ## format, lint, types, layers
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

layers: $(DEV)  ## imports go down only
	$(BIN)/lint-imports

format: $(DEV)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(DEV)  ## the whole job beside bare Scrapy, over the same pages on the same server
	$(BIN)/python -m benchmarks.whole_job

bench-capture: $(DEV)  ## what archiving costs a crawl, beside bare Scrapy, a warcio-based archiver and wget
	$(BIN)/python -m benchmarks.capture

bench-extraction: $(DEV) $(BENCH)  ## how pages are read, beside other readers: make bench-extraction EVAL=FOLDER
	$(if $(EVAL),,$(error say where the labelled pages and their scorer are: make bench-extraction EVAL=FOLDER))
	$(BIN)/python -m benchmarks.extraction $(EVAL)
	$(BIN)/python -m benchmarks.extraction_growth --plot growth.svg

hostile: $(DEV)  ## read labelled pages whole, cut, reversed, emptied and misdeclared, all twice: make hostile EVAL=FOLDER
	$(if $(EVAL),,$(error say where the labelled pages are: make hostile EVAL=FOLDER))
	nice -n 19 $(BIN)/python -m benchmarks.extraction_hostile $(EVAL) --cuts 20

kills: $(DEV)  ## kill -9 forty crawls at random moments, and look what is missing
	$(BIN)/python -m tests.capture.killing --runs 40

kills-crawl: $(DEV)  ## end crawls at random moments by kill -9, SIGTERM, full disks and losses of power, resume them, and look what was lost; takes hours
	$(BIN)/python -m tests.crawl.killing --kills 36
	$(BIN)/python -m tests.crawl.crashing --crashes 100 --pages 600

bench-freshness: $(DEV)  ## the polling policy on invented outlets, beside the best fixed schedules
	$(BIN)/python -m benchmarks.freshness

bench-harvest: $(DEV)  ## one process harvests 500 outlets: memory, time, and what bad ones cost the others
	$(BIN)/python -m benchmarks.harvest

bench-reextract: $(DEV) $(BENCH)  ## reextract beside FastWARC and trafilatura over one WARC file, and its memory up to 50,000 pages
	$(BIN)/python -m benchmarks.reextract

bench-state: $(DEV)  ## the state with 10^5, 10^6 and 10^7 known URLs; takes minutes, and some GB of the temporary folder
	$(BIN)/python -m benchmarks.state --plot benchmarks/state.svg

mutations: $(DEV)  ## 600 random single changes to an archive: scrapy verify must find each of them
	$(BIN)/python -m tests.verifying.mutations --mutations 600

bench-crawlers: $(DEV) $(PEERS)  ## our crawler beside news-please and Fundus, on the same invented site
	$(BIN)/python -m benchmarks.crawlers

bench-snapshot: $(DEV)  ## making and judging a snapshot of 5,000 pages, beside sha256sum and py-wacz; takes 1 GB of the temporary folder
	$(BIN)/python -m benchmarks.snapshot

viewers: $(DEV) $(REPLAY) $(VIEWERS)  ## pywb, py-wacz and ReplayWeb.page (needs npm and Chromium) open snapshots
	$(BIN)/python -m pytest tests/sealing/test_viewers.py

kills-disposal: $(DEV)  ## kill -9 a disposal before each of its steps on the disk; the next command must end it
	$(BIN)/python -m tests.keeping.disposing.killing

rehearsal: $(DEV)  ## crawl fifty invented outlets over three months, with the clock set forward, and judge what was kept
	$(BIN)/python -m tests.crawl.rehearsal --outlets 50 --days 90

replay: $(REPLAY)  ## install pywb for the tests, a program in an environment of its own

scrapyd: $(SCRAPYD)  ## install scrapyd for the tests, a program in an environment of its own

egg: $(SCRAPYD)  ## build what scrapyd takes, dist/*.egg
	$(VENV)/scrapyd/bin/python -c 'import setuptools; setuptools.setup()' -q bdist_egg

lock: $(DEV)  ## write the requirements files anew from pyproject.toml
	$(BIN)/pip-compile -q --strip-extras --generate-hashes --allow-unsafe --no-header --no-emit-index-url \
	  --no-emit-find-links --no-emit-trusted-host --upgrade -o requirements/run.txt pyproject.toml
	$(BIN)/pip-compile -q --strip-extras --generate-hashes --allow-unsafe --no-header --no-emit-index-url \
	  --no-emit-find-links --no-emit-trusted-host --extra alerts -c requirements/run.txt -o requirements/alerts.txt pyproject.toml
	$(BIN)/pip-compile -q --strip-extras --generate-hashes --allow-unsafe --no-header --no-emit-index-url \
	  --no-emit-find-links --no-emit-trusted-host --extra tsa -c requirements/run.txt -o requirements/tsa.txt pyproject.toml
	$(BIN)/pip-compile -q --strip-extras --generate-hashes --allow-unsafe --no-header --no-emit-index-url \
	  --no-emit-find-links --no-emit-trusted-host --extra dev -c requirements/run.txt -o requirements/dev.txt pyproject.toml
	$(BIN)/pip-compile -q --strip-extras --generate-hashes --allow-unsafe --no-header --no-emit-index-url \
	  --no-emit-find-links --no-emit-trusted-host --upgrade -o requirements/replay.txt requirements/replay.in
	$(BIN)/pip-compile -q --strip-extras --generate-hashes --allow-unsafe --no-header --no-emit-index-url \
	  --no-emit-find-links --no-emit-trusted-host --upgrade -o requirements/viewers.txt requirements/viewers.in
	$(BIN)/pip-compile -q --strip-extras --generate-hashes --allow-unsafe --no-header --no-emit-index-url \
	  --no-emit-find-links --no-emit-trusted-host --upgrade -o requirements/bench.txt requirements/bench.in
	$(BIN)/pip-compile -q --strip-extras --generate-hashes --allow-unsafe --no-header --no-emit-index-url \
	  --no-emit-find-links --no-emit-trusted-host --upgrade -o requirements/peers.txt requirements/peers.in
	$(BIN)/pip-compile -q --strip-extras --generate-hashes --allow-unsafe --no-header --no-emit-index-url \
	  --no-emit-find-links --no-emit-trusted-host --upgrade -c requirements/run.txt -o requirements/scrapyd.txt requirements/scrapyd.in

clean:
	rm -rf $(VENV) demo-archive build *.egg-info

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "make: $(PYTHON) is older than 3.11; say which to use with: make PYTHON=python3.11" >&2; exit 2; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
	  || { echo "make: $(PYTHON) has no venv; on Debian: apt-get install python3-venv" >&2; exit 2; }
	$(PYTHON) -m venv $(VENV)

$(RUN): requirements/run.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.txt
	@touch $@

$(DEV): requirements/dev.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@ $(RUN)

$(REPLAY): requirements/replay.txt | $(VENV)/bin/python
	$(PYTHON) -m venv $(VENV)/replay
	$(VENV)/replay/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/replay.txt
	@touch $@

$(BENCH): requirements/bench.txt | $(VENV)/bin/python
	$(PYTHON) -m venv $(VENV)/bench
	$(VENV)/bench/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements/bench.txt
	@touch $@

$(PEERS): requirements/peers.txt | $(VENV)/bin/python
	$(PYTHON) -m venv $(VENV)/peers
	$(VENV)/peers/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements/peers.txt
	@touch $@

# ReplayWeb.page is under the AGPL: fetched as it is published, and served unchanged to a browser.
$(VIEWERS): requirements/viewers.txt | $(VENV)/bin/python
	$(PYTHON) -m venv $(VENV)/viewers
	$(VENV)/viewers/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/viewers.txt
	cd $(VENV)/viewers && npm pack --silent replaywebpage@2.5.3
	cd $(VENV)/viewers && echo "$(REPLAYWEBPAGE_SHA512)  $(REPLAYWEBPAGE)" | sha512sum --quiet -c && tar xzf $(REPLAYWEBPAGE)
	@touch $@

# A job runs in the environment of scrapyd, so that holds what a crawl needs, too.
$(SCRAPYD): requirements/run.txt requirements/scrapyd.txt | $(VENV)/bin/python
	$(PYTHON) -m venv $(VENV)/scrapyd
	$(VENV)/scrapyd/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.txt
	$(VENV)/scrapyd/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/scrapyd.txt
	@touch $@
