# Dispute Closer. `make` without a target lists the targets.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

# The functions' architecture, as in the template's parameter Architecture. It is a variable because SAM does not
# pass the architecture to a makefile build.
ARCH ?= arm64
GOARCH_arm64 := arm64
GOARCH_x86_64 := amd64
FUNCTION_GOARCH = $(or $(GOARCH_$(ARCH)),$(error ARCH must be arm64 or x86_64, not "$(ARCH)"))

# The rules that are built into the closer.
POLICY ?= policy.yaml

ENV ?= test
FUNCTION ?= webhook
EVENT ?= dispute-created
MAX_ZIP_BYTES := 4500000
SIMULATED := 20000

# DynamoDB Local and MiniStack answer on loopback in plain HTTP; a private certificate bundle only slows them down.
unexport AWS_CA_BUNDLE
export SAM_CLI_TELEMETRY := 0

TOOLS := .tools
SAM := $(TOOLS)/sam/bin/sam
BUILD := .build
TALLY := $(CURDIR)/$(BUILD)/results
tally := TALLY='$(TALLY)' $(BUILD)/tally

# ---- For everyone

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: demo
demo: ## play a day of disputes on this machine; needs only Go
	@go run ./cmd/disputectl demo

.PHONY: unit
unit: ## the quick tests; need only Go
	go test ./...

.PHONY: clean
clean: ## remove what was built, except .tools
	rm -rf $(BUILD) .aws-sam

# ---- Checks. `make test` runs all of them, even after a failure, and counts.

CHECKS := check-format check-vet check-lint check-policy check-template check-security check-vulnerabilities \
	check-size test-packages check-simulation test-mutants test-drill test-stack

.PHONY: test
test: prerequisites tools tally ## everything: checks, unit tests, contract suite, deployed stack
	@: > $(TALLY)
	@failures() { grep -c '^failed' $(TALLY) || true; }; \
	for step in $(CHECKS); do \
		before=$$(failures); \
		$(MAKE) --no-print-directory $$step || [ $$(failures) -gt $$before ] || echo "failed $$step" >> $(TALLY); \
	done # a step that ends before it records its failure is a failure, too
	@$(tally) total

.PHONY: prerequisites
prerequisites: ## check that the system programs for the tests are installed
	@tools/prerequisites.sh

.PHONY: tools
tools: prerequisites ## install the pinned tools in .tools, once
	@tools/install.sh

.PHONY: tally
tally:
	@mkdir -p $(BUILD)
	@go build -o $(BUILD)/ ./tools/tally ./tools/vulncheck

.PHONY: $(CHECKS)
check-format: tally
	@$(tally) check "gofmt" -- bash -c 'bad=$$(gofmt -l $$(go list -f "{{.Dir}}" ./...)) && [ -z "$$bad" ] || { echo "$$bad"; exit 1; }'

check-vet: tally
	@$(tally) check "go vet" -- go vet -tags parts ./...

check-lint: tally
	@$(tally) check "golangci-lint" -- $(TOOLS)/bin/golangci-lint run ./...

check-policy: tally
	@$(tally) check "policy check" -- go run ./cmd/disputectl policy check $(POLICY)

check-template: tally
	@$(tally) check "sam validate --lint" -- $(SAM) validate --lint --template template.yaml
	@$(tally) check "cfn-lint, serverless rules" -- $(TOOLS)/sam/bin/cfn-lint -a cfn_lint_serverless.rules -- template.yaml
	@$(tally) check "cfn-lint, translated template" -- $(TOOLS)/sam/bin/python tools/lint-translated.py template.yaml $(BUILD)/translated.json

check-security: tally
	@$(tally) check "checkov" -- $(TOOLS)/checkov/bin/checkov --file template.yaml --skip-download --quiet --compact

check-vulnerabilities: tally
	@$(tally) check "govulncheck" -- $(BUILD)/vulncheck ./...

check-size: tally
	@$(tally) check "arm64 zip at most $(MAX_ZIP_BYTES) bytes" -- $(MAKE) --no-print-directory size

# One run for unit tests and the contract suite, so that a package that has both is tested once.
test-packages: tally
	@$(tally) test "packages" -- go test -json -race -tags parts -timeout 8m $$(go list ./... | grep -v /test/)

check-simulation: tally
	@$(tally) check "$(SIMULATED) simulated histories" -- go run ./cmd/simulate -seeds $(SIMULATED)

test-mutants: tally
	@$(tally) test "every rule of the protocol left out" -- go test -json -tags mutants -count 1 -run TestProtocol ./internal/mutants

test-drill: tally
	@$(tally) test "kill drill" -- go test -json -tags parts -count 1 -timeout 8m ./test/drill

test-stack: tally
	@$(tally) test "deployed stack" -- go test -json -tags parts -count 1 -timeout 8m ./test/stack/...

.PHONY: contract
contract: tools ## the packages' tests, with DynamoDB Local
	go test -race -tags parts $$(go list ./... | grep -v /test/)

.PHONY: stack
stack: tools ## the deployed stack's tests, with MiniStack
	go test -tags parts -count 1 -v ./test/stack/...

# ---- Longer runs

SEEDS ?= 20000
FROM ?= 0
ROUNDS ?= 20

.PHONY: simulate
simulate: ## play the use cases against a hostile world, SEEDS=20000 FROM=0
	go run ./cmd/simulate -seeds $(SEEDS) -from $(FROM)

.PHONY: mutants
mutants: ## break the code in one place at a time; tests and simulation must notice
	go test -tags mutants -count 1 -timeout 60m -v ./internal/mutants

.PHONY: drill
drill: tools ## kill the real executable before and after every I/O step, ROUNDS=20 times each
	ROUNDS=$(ROUNDS) go test -tags parts -count 1 -timeout 90m -v ./test/drill

PEERS ?=
NEWS ?= repeated

.PHONY: bench
bench: tools ## what a webhook costs, as deployed; NEWS=repeated, changed or new; PEERS="name=command …" beside it
	go run ./tools/bench -news $(NEWS) -o $(BUILD)/bench-$(NEWS).txt $(PEERS)
	go test -run XXX -bench . ./test/bench

.PHONY: load
load: tools ## a burst of 10,000 webhooks, one on a single dispute, then sweeps over up to 100,000 cases
	go test -tags parts,load -count 1 -timeout 30m -v ./test/load

# ---- The executable

$(BUILD)/$(ARCH)/bootstrap: FORCE
	CGO_ENABLED=0 GOOS=linux GOARCH=$(FUNCTION_GOARCH) \
		go build -tags lambda.norpc -trimpath -ldflags "-s -w" -o $@ ./functions

$(BUILD)/policy.json: FORCE
	mkdir -p $(@D)
	go run ./cmd/disputectl policy compile $(POLICY) -o $@

.PHONY: FORCE
FORCE:

# SAM publishes a version of a function when its package changes, and overlooks a changed parameter
# (aws/serverless-application-model#3820). So the package names the settings that it is deployed with.
SETTINGS ?= samconfig.toml

# `sam build` calls one of these per function, with ARTIFACTS_DIR. Only the closer gets the policy.
.PHONY: build-Webhook build-Closer build-Sweep build-Reconcile build-Operate
build-Webhook build-Sweep build-Reconcile build-Operate: $(BUILD)/$(ARCH)/bootstrap
	cp $< "$(ARTIFACTS_DIR)/"
	cksum < $(SETTINGS) > "$(ARTIFACTS_DIR)/settings.cksum"

build-Closer: $(BUILD)/$(ARCH)/bootstrap $(BUILD)/policy.json
	cp $^ "$(ARTIFACTS_DIR)/"
	cksum < $(SETTINGS) > "$(ARTIFACTS_DIR)/settings.cksum"

.PHONY: size
size: ## check that the arm64 zip is small enough
	@$(MAKE) --no-print-directory ARCH=arm64 $(BUILD)/arm64/bootstrap
	@rm -f $(BUILD)/arm64.zip
	@python3 -m zipfile -c $(BUILD)/arm64.zip $(BUILD)/arm64/bootstrap
	@bytes=$$(stat -c %s $(BUILD)/arm64.zip); echo "arm64 zip: $$bytes bytes, at most $(MAX_ZIP_BYTES)"; \
		[ $$bytes -le $(MAX_ZIP_BYTES) ]

NATIVE := $(if $(filter x86_64,$(shell uname -m)),x86_64,arm64)

.PHONY: invoke
invoke: sam ## sam local invoke FUNCTION=webhook on EVENT=dispute-created, freshly signed; needs Docker
	ARCH=$(NATIVE) $(SAM) build --build-in-source
	go run ./tools/invoke $(FUNCTION) $(EVENT) $(SAM_LOCAL_FLAGS)

# ---- Deployment

.PHONY: sam
sam:
	@tools/prerequisites.sh --deploy
	@tools/install.sh sam

.PHONY: build
build: sam ## sam build, for ARCH
	ARCH=$(ARCH) $(SAM) build --config-env $(ENV)

.PHONY: deploy
deploy: ## sam deploy to ENV=test or ENV=live
	@settings=$$(sed -n '/^\[$(ENV)\.deploy\.parameters\]/,/^\[/p' samconfig.toml); \
		[ -n "$$settings" ] || { echo 'samconfig.toml has no environment $(ENV): use ENV=test or ENV=live, or add it' >&2; exit 1; }; \
		grep -q 'Architecture=$(ARCH)"' <<<"$$settings" || \
			{ echo 'samconfig.toml deploys $(ENV) for another Architecture than ARCH=$(ARCH); set both to the same' >&2; exit 1; }
	@$(MAKE) --no-print-directory build
	$(SAM) deploy --config-env $(ENV)
