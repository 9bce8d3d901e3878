# Portico: `make run` starts everything on this machine, `make test` installs and runs all tests.
PYTHON ?= python3
VENV := .venv
EMULATOR := .venv-emulator
BIN := $(VENV)/bin
# in an environment of its own: it pins much that the project uses too
CHECKOV := checkov==3.3.30
SCANNER := .build/checkov
# uv installs in seconds what takes pip a minute; where it cannot (another index than its own), pip does it
INSTALL = ($(BIN)/python -m pip install --quiet --disable-pip-version-check $$(grep '^uv==' requirements-dev.txt) \
	&& $(BIN)/uv pip install --quiet --python $(1)/bin/python -r $(2) 2>/dev/null) \
	|| $(1)/bin/python -m pip install --quiet --disable-pip-version-check -r $(2)

.PHONY: help run demo admin test web lint scan bench types operations lock clean deploy domain destroy backup restore

help: ## list the targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

$(VENV)/.installed: requirements-dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Portico needs Python 3.11 or later: call make with PYTHON=/path/to/python3.11")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing the product's packages into $(VENV) ..."
	@$(call INSTALL,$(VENV),requirements-dev.txt)
	@touch $@

$(EMULATOR)/.installed: infra/local/requirements.txt $(VENV)/.installed
	@test -x $(EMULATOR)/bin/python || $(PYTHON) -m venv $(EMULATOR)
	@echo "Installing the AWS emulator's packages into $(EMULATOR) ..."
	@$(call INSTALL,$(EMULATOR),infra/local/requirements.txt)
	@touch $@

run: $(VENV)/.installed $(EMULATOR)/.installed web ## start everything on this machine (PORT, STATE_DIR, ADMIN_TOKEN)
	@exec $(BIN)/python -m infra.local.run

demo: $(VENV)/.installed ## fill the running installation with something to look at (ADMIN_TOKEN, PORT)
	@$(BIN)/python -m infra.demo

test: $(VENV)/.installed $(EMULATOR)/.installed ## install and run all tests
	@$(MAKE) --no-print-directory --jobs 2 web lint
	@$(BIN)/python -m infra.chromium
	$(BIN)/python -m pytest -n 2 --dist loadfile --ignore tests/browser
	$(BIN)/python -m pytest tests/browser # one browser at a time: two would starve each other

lint: $(VENV)/.installed ## check style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/cfn-lint infra/base.yaml infra/edge.yaml

scan: $(VENV)/.installed ## hold the CloudFormation templates against Checkov's security rules
	@test -x $(SCANNER)/bin/checkov || { echo "Installing Checkov into $(SCANNER) ..."; $(BIN)/uv venv --quiet $(SCANNER) \
		&& $(BIN)/uv pip install --quiet --python $(SCANNER)/bin/python $(CHECKOV); }
	$(SCANNER)/bin/checkov --config-file .checkov.yaml

web: $(VENV)/.installed ## build the front end and bring the AsyncAPI schemas, when their sources changed
	@$(BIN)/python -m infra.web_build
	@$(BIN)/python -m infra.asyncapi_schemas

bench: $(VENV)/.installed $(EMULATOR)/.installed ## measure, as ratios against a baseline of the same run
	$(BIN)/python -m benchmarks

DEPLOY = $(BIN)/python -m infra.deploy $@ --stage '$(STAGE)'
deploy: $(VENV)/.installed ## make an installation in your AWS account, or bring it up to date (STAGE, DOMAIN, ALARM_EMAIL)
	@$(DEPLOY) $(if $(DOMAIN),--domain '$(DOMAIN)') $(if $(ALARM_EMAIL),--alarm-email '$(ALARM_EMAIL)')

domain: $(VENV)/.installed ## finish what a domain was waiting for (STAGE, DOMAIN)
	@$(DEPLOY) $(if $(DOMAIN),--domain '$(DOMAIN)')

admin: $(VENV)/.installed ## invite somebody to the console, or change a role (STAGE, EMAIL, ROLE, RESEND=1, SHOW_PASSWORD=1)
	@$(DEPLOY) --email '$(EMAIL)' --role '$(ROLE)' $(if $(RESEND),--resend) $(if $(SHOW_PASSWORD),--show-password)

destroy: $(VENV)/.installed ## take an installation away; its data is kept as a backup (STAGE, TO, PURGE=1, YES=1)
	@$(DEPLOY) $(if $(TO),--to '$(TO)') $(if $(PURGE),--purge) $(if $(YES),--yes)

backup: $(VENV)/.installed ## write all that a stage stores into files (STAGE, TO: a folder or s3://…)
	@$(DEPLOY) $(if $(TO),--to '$(TO)')

restore: $(VENV)/.installed ## bring a backup into a new stage (STAGE, FROM: a folder or s3://…)
	@$(DEPLOY) --from '$(FROM)'

types: $(VENV)/.installed ## write the types of the console's API client from the operation table
	$(BIN)/python -m infra.web_types

operations: $(VENV)/.installed ## write docs/operations.md from the operation table and the contracts
	$(BIN)/python -m tests.contract.table

lock: $(VENV)/.installed ## write the lock files from the .in files
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --no-header --no-annotate requirements.in -o requirements.txt
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --no-header --no-annotate requirements-dev.in -o requirements-dev.txt
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --no-header --no-annotate infra/local/requirements.in -o infra/local/requirements.txt

clean: ## remove environments and build output (data in .local stays)
	rm -rf $(VENV) $(EMULATOR) .build .mypy_cache .ruff_cache .pytest_cache
