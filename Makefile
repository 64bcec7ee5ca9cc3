# Everything a person or CI does here is a target; `make help` lists them.
# That of the images, if the machine has it: it may be much faster than another one, and is what runs in production.
PYTHON ?= $(shell python3.13 -c 'import ensurepip, venv' 2>/dev/null && echo python3.13 || echo python3)
VENV := .venv
BIN := $(VENV)/bin
VENV_INFRA := .venv-infra
SERVICES := $(notdir $(patsubst %/,%,$(wildcard services/*/)))
PACKAGES := shared/contracts shared/runtime shared/aspects $(SERVICES:%=services/%) \
  understudy tools/operations tools/stack tools/console tools/docs lab/evaluation lab/checks tools/cli
EXTRAS := shared/runtime[tracing] tools/stack[embedded] lab/evaluation[baselines]
INSTALLED := $(foreach p,$(PACKAGES),$(or $(filter $p[%,$(EXTRAS)),$p))
TEMPLATE := examples/service
CODE := shared services tools lab understudy tests $(TEMPLATE) conftest.py
# What goes to AWS, and for which of Fargate's processors.
IMAGES := $(SERVICES) cli console understudy
PLATFORMS := linux/arm64
PREFIX = $(or $(FONDLY_IMAGE_PREFIX),fondly)
TAG := $(or $(FONDLY_VERSION),local)
BUILT = $(IMAGES:%=$(PREFIX)/%:$(TAG))
PYTHON_IMAGE := python:3.13-slim
# The index of all platforms; empty means whatever the tag is. `make pin-images` writes it.
PYTHON_DIGEST :=
# The base image, and what labels say of where an image comes from, without a password that the address may have.
LABELS = FONDLY_PYTHON_DIGEST=$(PYTHON_DIGEST) FONDLY_REVISION=$$(git rev-parse HEAD 2>/dev/null || echo unknown) \
  FONDLY_SOURCE=$$(git config --get remote.origin.url 2>/dev/null | sed -E 's|//[^/@]*@|//|' | grep . || echo unknown)
BUILD = FONDLY_IMAGE_PREFIX='$(PREFIX)' FONDLY_VERSION='$(TAG)' $(LABELS) docker

# Also where Python is told to write no bytecode: demos and tests start many processes, and each would compile the code
# anew, as pytest would rewrite ten thousand assertions in each of its workers.
export PYTHONDONTWRITEBYTECODE :=

# The release before, which this one runs beside during a deployment: a tag or, before there is one, a commit.
BASE := $(or $(BASE),$(shell git describe --tags --match 'v*' --abbrev=0 HEAD^ 2>/dev/null),e0ceb591)
BASELINE := out/baseline/$(BASE)
IN_BASELINE = FONDLY_BASELINE='$(CURDIR)/$(BASELINE)/venv/bin/python'

.DEFAULT_GOAL := help
.PHONY: $(shell sed -nE 's/^([a-z-]+):.*## .*/\1/p' Makefile)

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 20

setup: $(VENV)/.ready ## build .venv with every package, pinned

# First what a demo takes, uncompiled: it loads a seventh of the files.
INSTALL = VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install --quiet --constraint constraints.txt
$(VENV)/.demo: constraints.txt pyproject.toml $(PACKAGES:%=%/pyproject.toml)
	$(PYTHON) -m venv --clear $(VENV)
	grep '^uv==' constraints.txt | $(BIN)/pip install --quiet --require-hashes --requirement /dev/stdin
	$(INSTALL) $(patsubst %,--editable '%',$(filter-out lab/%,$(INSTALLED)))
	@touch $@

# Tests load most files, in many processes at once.
$(VENV)/.ready: $(VENV)/.demo
	$(INSTALL) --compile-bytecode --group dev $(patsubst %,--editable '%',$(filter lab/%,$(INSTALLED)))
	@touch $@

demo: $(VENV)/.demo ## run a file to finished emails: make demo [DATA=file.csv] [CONFIG=fondly.toml] [MERCHANDISING=file.yaml] [OUT=dir] [SEND=1 delivers them, to a mail server of its own; HOLD=1 once you approve] [KEEP=1 leaves the stack running]
	@$(BIN)/fondly demo $(if $(DATA),--data '$(DATA)') $(if $(CONFIG),--config '$(CONFIG)') $(if $(MERCHANDISING),--merchandising '$(MERCHANDISING)') $(if $(OUT),--out '$(OUT)') $(if $(SEND),--send) $(if $(HOLD),--hold) $(if $(KEEP),--keep)

# A published file's attributes lie beside it under S3-Rec's name.
SEQUENCES ?= $(FONDLY_SEQUENCES)
ATTRIBUTES ?= $(wildcard $(SEQUENCES:.txt=_item2attributes.json))
EVALUATED := out/evaluation/sample.csv

evaluate: setup ## measure recommendations: make evaluate [SEQUENCES=Beauty.txt [ATTRIBUTES=file.json]]; else on the sample
ifneq ($(SEQUENCES),)
	@$(BIN)/fondly evaluate recommendations --sequences '$(SEQUENCES)' $(if $(ATTRIBUTES),--attributes '$(ATTRIBUTES)') \
	  --floors --baselines
else
	@echo 'no SEQUENCES: evaluating the sample. Published figures need a file such as Beauty.txt of the S3-Rec' >&2
	@echo 'preprocessing of the Amazon reviews of McAuley et al.: docs/recommendations.md says where to get it' >&2
	@mkdir -p $(dir $(EVALUATED))
	@$(BIN)/fondly sample $(EVALUATED)
	@$(BIN)/fondly evaluate recommendations --csv $(EVALUATED)
endif

images: ## build every container image and print its size
	@$(BUILD) compose build --quiet
	@docker image ls '$(PREFIX)/*:$(TAG)' --format '{{.Repository}}:{{.Tag}}\t{{.Size}}'

push: PREFIX = $(or $(FONDLY_IMAGE_PREFIX),$(REGISTRY:%=%/fondly))
push: ## build the images for AWS and push them: make push TAG=0.1.0 REGISTRY=123456789012.dkr.ecr.eu-west-1.amazonaws.com or FONDLY_IMAGE_PREFIX=registry/folder [PLATFORMS="linux/arm64 linux/amd64"] [ATTEST=1 adds SBOM and provenance]
	@test -n '$(PREFIX)' -a '$(TAG)' != local || { echo 'which? make push REGISTRY=... TAG=...' >&2; exit 2; }
	@mkdir -p out
	$(BUILD) buildx bake --file docker-compose.yml --push --metadata-file out/pushed.json \
	  $(PLATFORMS:%=--set '*.platform=%') $(if $(ATTEST),--sbom=true --provenance=mode=max) $(IMAGES)

# Not on AWS, but part of `docker compose up` and of a release.
sbom reproduce-images verify-release: IMAGES += emulator

sbom: setup ## list the packages of images as SPDX into out/sbom: make sbom [IMAGES=cli], after `make images`
	@$(BIN)/python -m fondly.checks.sbom out/sbom $(BUILT)
	@set -e; for image in $(IMAGES); do \
	  $(BIN)/uv tool run --quiet --from spdx-tools==0.8.3 pyspdxtools --infile "out/sbom/$$image.spdx.json"; \
	done

reproduce-images: ## build images again without a cache, and compare: make reproduce-images [IMAGES=cli], after `make images`
	@set -e; layers() { docker image inspect --format '{{.RootFS.Layers}}' "$$1"; }; \
	for image in $(IMAGES); do \
	  FONDLY_IMAGE_PREFIX=again FONDLY_VERSION='$(TAG)' $(LABELS) docker compose build --quiet --no-cache "$$image"; \
	  test "$$(layers "$(PREFIX)/$$image:$(TAG)")" = "$$(layers "again/$$image:$(TAG)")"; \
	  docker image rm "again/$$image:$(TAG)" > /dev/null; echo "$$image: the same layers"; \
	done

WORKFLOW = $(REPOSITORY)/.github/workflows/release.yml@refs/tags/v$(TAG)
SIGNED = --certificate-identity '$(WORKFLOW)' --certificate-oidc-issuer https://token.actions.githubusercontent.com
WHEELS := fondly fondly_understudy $(patsubst %,fondly_%,$(notdir $(filter shared/% services/% tools/%,$(PACKAGES))))

verify-release: setup ## verify who built a release: make verify-release TAG=0.2.0 REPOSITORY=https://github.com/… FONDLY_IMAGE_PREFIX=registry/folder; takes cosign and gh
	@set -e; for image in $(BUILT); do \
	  cosign verify $(SIGNED) "$$image" > /dev/null; \
	  cosign verify-attestation $(SIGNED) --type spdxjson "$$image" > /dev/null; \
	  gh attestation verify "oci://$$image" --repo '$(REPOSITORY:https://github.com/%=%)'; \
	done
	@set -e; for wheel in $(WHEELS); do \
	  $(BIN)/uv tool run --quiet pypi-attestations@0.0.30 verify pypi --repository '$(REPOSITORY)' "pypi:$$wheel-$(TAG)-py3-none-any.whl"; \
	done

compose-demo: setup ## the same on the running containers: docker compose up -d --build && make compose-demo
	@$(BIN)/fondly compose-demo $(if $(DATA),--data '$(DATA)') $(if $(OUT),--out '$(OUT)')

verify-deployment: setup ## check that an environment has everything: make verify-deployment ENVIRONMENT=fondly-dev [REGION=...] [MODEL=...]
	@$(BIN)/fondly verify $(if $(ENVIRONMENT),--environment '$(ENVIRONMENT)') $(if $(REGION),--region '$(REGION)') \
	  $(if $(MODEL),--model-id '$(MODEL)')

terraform-docs: setup ## the tables of inputs and outputs in infra/README.md, after one was added or changed
	$(BIN)/python -m tests.support.terraform_docs

check: setup ## format, lint and types, over code and tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	MYPYPATH=$(subst $() ,:,$(patsubst %,%/src,$(PACKAGES) $(TEMPLATE))) $(BIN)/mypy $(CODE)

check-infra: $(VENV_INFRA)/.ready ## Terraform, the Dockerfiles and the workflows; with STRICT=1 a tool that is not installed is an error
	@PATH="$(CURDIR)/$(VENV_INFRA)/bin:$$PATH" STRICT='$(STRICT)' infra/check

$(VENV_INFRA)/.ready: infra/requirements-checks.txt
	$(PYTHON) -m venv --clear $(VENV_INFRA)
	$(VENV_INFRA)/bin/pip install --quiet --requirement infra/requirements-checks.txt
	@touch $@

scan-images: ## fixable HIGH and CRITICAL vulnerabilities in the images that go to AWS; needs trivy, run after `make images`
	set -e; for image in $(IMAGES); do \
	  trivy image --quiet --severity HIGH,CRITICAL --ignore-unfixed --exit-code 1 "$(PREFIX)/$$image:$(TAG)"; \
	done

NODE_TOOLS := lab/checks/node_modules/.ready

email-tools: ## install what check-emails and the browser tests need, on Debian and Ubuntu
	@lab/checks/install
	@$(MAKE) --no-print-directory $(NODE_TOOLS)

$(NODE_TOOLS): lab/checks/package.json
	@command -v npm >/dev/null || { echo 'npm is not installed: `make email-tools` installs it' >&2; exit 2; }
	npm install --prefix lab/checks --ignore-scripts --no-package-lock --no-audit --no-fund --silent
	@touch $@

check-emails: setup $(NODE_TOOLS) ## check finished emails: make check-emails [DATA=file.csv | EMAILS=folder] [HOSTS="a.example b.example"]
	@$(BIN)/python -m fondly.checks.emails $(if $(DATA),--data '$(DATA)') $(if $(EMAILS),--emails '$(EMAILS)') \
	  $(if $(HOSTS),--hosts $(HOSTS))

screenshots: setup ## take the documents' pictures of the sample; those of the gallery and emails alone of a finished run: make screenshots [RUN=out/run-0123456789abcdef]
	@$(BIN)/python -m fondly.checks.screenshots $(if $(RUN),--run '$(RUN)')

$(VENV)/.docs: $(VENV)/.ready
	$(INSTALL) --group docs
	@touch $@

docs: $(VENV)/.docs $(NODE_TOOLS) ## build the documentation site into out/site, which `fondly docs` serves
	@$(BIN)/python -m fondly.docs.building $(REPOSITORY:%='%/blob/'$(shell git rev-parse HEAD))
	@NO_MKDOCS_2_WARNING=1 SOURCE_DATE_EPOCH=$$(git log -1 --format=%ct) $(BIN)/mkdocs build --quiet --config-file out/mkdocs.yml

# A folder a shop, whose page and data the site shows.
GALLERIES := $(patsubst examples/%/fondly.toml,out/gallery/%,$(wildcard examples/*/fondly.toml))

docs-gallery: $(GALLERIES) ## run the example shops once, for the galleries that `make docs` puts into the site

out/gallery/%: examples/%/fondly.toml | setup
	cd $(<D) && '$(CURDIR)/$(BIN)/fondly' demo --data . --out '$(CURDIR)/$@.new'
	rm -rf $@ && mv $@.new/run-* $@ && rmdir $@.new

# mike calls mkdocs by its name.
deploy-docs: docs ## put the site on the branch gh-pages, as the version that readers choose: make deploy-docs VERSION=0.2 [PUSH=1]
	@test -n '$(VERSION)' || { echo 'which? make deploy-docs VERSION=0.2' >&2; exit 2; }
	PATH="$(CURDIR)/$(BIN):$$PATH" mike deploy --config-file out/mkdocs.yml --update-aliases $(if $(PUSH),--push) '$(VERSION)' latest
	PATH="$(CURDIR)/$(BIN):$$PATH" mike set-default --config-file out/mkdocs.yml $(if $(PUSH),--push) latest

service: setup ## begin a service from a template: make service NAME=sms (examples/service/README.md)
	@test -n '$(NAME)' || { echo 'which? make service NAME=sms' >&2; exit 2; }
	@$(BIN)/python examples/begin_service.py '$(NAME)' services

pre-commit: setup ## install git hooks that format, lint and type-check before each commit
	$(BIN)/pre-commit install

format: setup ## format and fix what can be fixed
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

BROWSER_TESTS := tools/stack/tests/browser tools/console/tests/browser
DOCS_TESTS := tools/docs/tests/site
# Many tests wait for a process or a queue, so four workers keep two processors busy; the largest files come first.
WORKERS := -n 4 --dist loadfile
# Whole stacks wait more than they work.
STACK_WORKERS := $(WORKERS:4=5) --no-loadscope-reorder

# Each starts whole stacks of its own, or many processes, or takes run after run to its end, for a minute; the longest
# come first.
STACK_TESTS := services/recommender/tests/integration/test_whole_run.py \
  services/ingest/tests/unit/test_hostile_files.py \
  $(addprefix tests/chaos/test_,short_delivery.py short_storm.py like_aws.py) tests/e2e \
  $(addprefix services/recommender/tests/integration/test_,filters.py campaign_now.py web.py) \
  $(addprefix services/recommender/tests/unit/test_,weekly_files.py suppressed.py) \
  $(addprefix tools/cli/tests/integration/test_,customer.py verification.py run_approval.py run_retry.py email.py cleanup.py smoke.py) \
  $(addprefix lab/evaluation/tests/unit/test_,ablation.py own_data.py picks_are_true.py sentiment_matters.py) \
  tools/cli/tests/e2e understudy/tests/e2e understudy/tests/integration/test_server.py \
  understudy/tests/unit/test_personalize_trainer.py

test: setup ## unit and integration tests
	$(BIN)/python -m pytest $(WORKERS) tests shared services tools lab understudy $(TEMPLATE) \
	  $(patsubst %,--ignore %,$(BROWSER_TESTS) $(DOCS_TESTS) $(addprefix tests/,containers mixed packages tutorial) $(STACK_TESTS))

test-stack: setup ## whole stacks and runs: end to end, the examples, roles, a short storm of faults, stacks that stay
	$(BIN)/python -m pytest $(STACK_WORKERS) $(STACK_TESTS)

test-browser: setup ## gallery and console in a browser: takes Chromium, which `make email-tools` installs
	$(BIN)/python -m pytest $(WORKERS:4=3) $(BROWSER_TESTS)

test-tutorial: setup ## copy the commands of docs/tutorial in order, and compare what comes with what it shows
	$(BIN)/python -m pytest -x tests/tutorial

test-docs: docs-gallery ## build the site with its galleries, and read it in a browser: takes Chromium
	@$(MAKE) --no-print-directory docs
	$(BIN)/python -m pytest $(DOCS_TESTS)

$(BASELINE)/.ready: | setup
	mkdir -p $(@D) && git archive $(BASE) shared services tools/operations tools/stack lab/evaluation understudy/src infra/topology.yaml constraints.txt | tar -x -C $(@D)
	$(BIN)/uv venv --quiet --clear --python $(BIN)/python $(@D)/venv
	cd $(@D) && VIRTUAL_ENV=venv $(CURDIR)/$(BIN)/uv pip install --quiet --constraint constraints.txt ./shared/*/ ./services/*/ time-machine \
	  --all-extras $$(printf -- '--requirement %s ' */*/pyproject.toml)
	@touch $@

mixed: setup $(BASELINE)/.ready ## a run and its delivery by the services of two releases: make mixed [BASE=tag or commit]
	$(IN_BASELINE) $(BIN)/python -m pytest tests/mixed

PEERS := out/bench/peers
$(PEERS)/.ready: lab/benchmarks/peers/requirements.txt | setup
	$(BIN)/uv venv --quiet --clear --python $(BIN)/python $(PEERS)
	VIRTUAL_ENV=$(PEERS) $(BIN)/uv pip install --quiet --require-hashes --requirement $<
	@touch $@

bench: setup $(PEERS)/.ready ## measure us beside peers and limits: make bench [CASES="bus mailer"]
	@$(BIN)/python lab/benchmarks/bench.py $(CASES) --peers $(PEERS)/bin/python --json out/bench/$(shell git rev-parse --short HEAD).json; done=$$?; \
	  $(BIN)/python lab/benchmarks/chart.py out/bench out/bench/chart.svg; exit $$done

bench-compare: setup $(BASELINE)/.ready ## find what takes a tenth more CPU time than in another release: make bench-compare [BASE=tag or commit] [CASES=mailer]
	@$(BIN)/python lab/benchmarks/bench.py $(CASES) --base $(BASELINE)

chaos: setup $(if $(MIXED),$(BASELINE)/.ready) ## the sample amid crashes, deployments and faults: make chaos [SEED=1] or SEED="1 2 3" [CUSTOMERS=520] [MIXED=1 begins with the release before]
	@$(if $(MIXED),$(IN_BASELINE)) $(BIN)/python -m tests.chaos $(SEED:%=--seed %) $(if $(CUSTOMERS),--customers '$(CUSTOMERS)')

chaos-delivery: setup $(if $(MIXED),$(BASELINE)/.ready) ## deliver a finished run amid the same: make chaos-delivery [SEED="1 2 3"] [BY=smtp|ses] [EMAILS=240] [MIXED=1]
	@$(if $(MIXED),$(IN_BASELINE)) $(BIN)/python -m tests.chaos.delivery $(SEED:%=--seed %) $(BY:%=--by %) $(if $(EMAILS),--emails '$(EMAILS)')

mutants: setup ## take each protection of tests/chaos/mutants.toml away in turn and see its test fail: make mutants [NAME="part of a name"]
	@$(BIN)/python -m tests.chaos.mutants $(if $(NAME),'$(NAME)')

mutants-by-machine: setup ## mutate what protects data, money and people at random, against the tests of each line: make mutants-by-machine [N=300] [SEED=1] [FILES="part of a path"]
	@$(BIN)/python -m tests.chaos.drawn $(N:%=--number %) $(SEED:%=--seed %) $(if $(FILES),--only '$(FILES)')

prove: setup ## storms, deliveries, quotas and mutants, for hours; goes on where it stopped: make prove [ONLY=storms|smtp|ses|quota|mutants] [SEEDS="11 12"]
	@$(BIN)/python -m tests.chaos.prove $(ONLY:%=--only %) $(SEEDS:%=--seed %)

test-containers: setup ## the same pipeline in containers, with crashes: takes a Docker engine
	$(BIN)/python -m pytest tests/containers

lock: setup ## pin the newest versions that fit together, by their hashes, into constraints.txt
	$(BIN)/uv pip compile --quiet --universal --upgrade --generate-hashes --no-emit-index-url --all-extras --no-header --no-annotate \
	  --python-version 3.11 --group pyproject.toml:dev --group pyproject.toml:docs $(PACKAGES:%=%/pyproject.toml) \
	  $(foreach p,$(PACKAGES),--no-emit-package fondly-$(notdir $(p))) --output-file constraints.txt
	perl -0pi -e 's/ \\\n +/ /g' constraints.txt # a package a line

pin-images: ## pin the images' base by the digest that the registry has for its tag
	digest=$$(docker buildx imagetools inspect $(PYTHON_IMAGE) --format '{{.Manifest.Digest}}') && \
	  perl -pi -e "s/^PYTHON_DIGEST :=.*/PYTHON_DIGEST := $$digest/" Makefile

setting-names: setup ## tell Terraform which settings the services have, after one was added or renamed
	$(BIN)/python -m tests.support.setting_names

# Where the project's pages are, for links; empty means that of the remote, if it has one on the web.
REPOSITORY ?= $(shell git config --get remote.origin.url 2>/dev/null | sed -nE 's|^https://([^/@]*@)?(.*)|https://\2|; s|\.git$$||; /^https/p')

DISTRIBUTIONS = '$(CURDIR)/$(BIN)/python' -m fondly.checks.distributions --repository '$(REPOSITORY)' $(patsubst %,--site '$(CURDIR)/%',$(wildcard out/site))

version: ## give all packages a version: make version TO=0.3.0
	@test -n '$(TO)' || { echo 'which? make version TO=0.3.0' >&2; exit 2; }
	perl -pi -e 's/^version = ".*"/version = "$(TO)"/' $$(git ls-files '*pyproject.toml')
	perl -pi -e 's/"version": ".*"/"version": "$(TO)"/' docs/openapi.json

dist: setup ## build wheels and sdists of the commit into out/dist, with the site if `make docs` has built it: make dist [REPOSITORY=https://…]
	@$(DISTRIBUTIONS) out/dist

dist-check: dist ## check their metadata and contents, and that another copy of the commit gives the same bytes
	@set -e; copy=$$(mktemp -d); trap 'rm -rf "$$copy"' EXIT; git clone --quiet . "$$copy/elsewhere"; \
	  (cd "$$copy/elsewhere" && $(DISTRIBUTIONS) ../again > /dev/null); diff --recursive --brief out/dist "$$copy/again"
	$(BIN)/uv tool run --quiet twine@7.0.0 check --strict out/dist/*
	$(BIN)/uv tool run --quiet check-wheel-contents@0.6.3 --no-config out/dist/*_*.whl # fondly is empty
	@for sdist in out/dist/*.tar.gz; do \
	  $(BIN)/uv tool run --quiet --with hatchling pyroma@5.0.1 --min 9 --skip-tests AuthorEmail "$$sdist" || exit; \
	done

test-packages: dist ## install the wheels in empty environments: the demo, the command alone, understudy
	$(BIN)/python -m pytest tests/packages

clean: ## remove what was built here
	rm -rf $(VENV) $(VENV_INFRA) lab/checks/node_modules out .mypy_cache .pytest_cache .ruff_cache
