# Dispute Closer. `make` without a target lists the targets.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

# The template's parameters Architecture and Environment. `sam build` sets both: see functions/Makefile.
ARCH ?= arm64
ENVIRONMENT ?= test
GOARCH_arm64 := arm64
GOARCH_x86_64 := amd64
FUNCTION_GOARCH = $(or $(GOARCH_$(ARCH)),$(error ARCH must be arm64 or x86_64, not "$(ARCH)"))

# The rules that are built into the closer. If empty, policy.test.yaml or policy.live.yaml, and without it policy.yaml.
POLICY ?=

# `make deploy ENV=live CONFIRM=live` deploys live money without a terminal.
ENV ?= test
CONFIRM ?=
FUNCTION ?=
EVENT ?=
MAX_ZIP_BYTES := 4500000
SIMULATED := 20000

# DynamoDB Local and MiniStack answer on loopback in plain HTTP; a private certificate bundle only slows them down.
unexport AWS_CA_BUNDLE
export SAM_CLI_TELEMETRY := 0

# Tests, checks and the functions' executable are built alike, so that each package is compiled once. Only the race
# detector needs C.
export CGO_ENABLED := 0
export GOFLAGS := $(strip $(shell go env GOFLAGS 2>/dev/null) -trimpath)

TOOLS := .tools
SAM := $(TOOLS)/sam/bin/sam
BUILD := .build
TALLY ?= $(CURDIR)/$(BUILD)/results
tally := TALLY='$(TALLY)' $(BUILD)/tally

# ---- For everyone

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: demo
demo: ## play a day of disputes on this machine; needs only Go
	@echo 'Compiling. The first time, Go fetches the modules before that: a minute or two, and it says nothing meanwhile.'
	@go run ./cmd/disputectl demo

.PHONY: unit
unit: ## the quick tests; need only Go
	go test ./...

.PHONY: clean
clean: ## remove what was built, except .tools
	rm -rf $(BUILD) .aws-sam dist

# ---- Checks. `make test` runs all of them, even after a failure, and counts.

# What `make test` runs, LANES at a time, in this order: NAME=NEED,~STEP waits until NEED has passed and STEP has ended.
# First comes what takes long, or only waits. test-stack and test-drill watch the clock and do not run at once.
LANES ?= 3
STEPS := tool-dynamodb-local tool-ministack tool-sam test-stack=tool-sam,tool-ministack,tool-dynamodb-local \
	test-drill=tool-dynamodb-local,~test-stack tool-bin test-race=tool-dynamodb-local test-packages=tool-dynamodb-local \
	test-mutants check-simulation check-format check-policy check-size check-release check-lint=tool-bin \
	check-workflows=tool-bin check-vulnerabilities=tool-bin tool-checkov check-template=tool-sam check-security=tool-checkov

CHECKS := $(filter-out tool-%,$(foreach step,$(STEPS),$(firstword $(subst =, ,$(step)))))

.PHONY: test
test: prerequisites tally ## everything: checks, unit tests, contract suite, deployed stack
	@rm -f $(TALLY)*
	@$(tally) steps $(LANES) $(STEPS)
	@$(tally) total

.PHONY: prerequisites
prerequisites: ## check that the system programs for the tests are installed
	@tools/prerequisites.sh

.PHONY: tools
tools: prerequisites ## install the pinned tools in .tools, once
	@tools/install.sh

tool-%: FORCE
	@tools/install.sh $*

.PHONY: tally
tally: $(if $(STEP),,programs)

.PHONY: programs
programs:
	@mkdir -p $(BUILD)
	@go build -o $(BUILD)/ ./tools/tally ./tools/vulncheck ./tools/packages ./tools/pack

.PHONY: $(CHECKS)
check-format: tally
	@$(tally) check "gofmt" -- bash -c 'bad=$$(gofmt -l $$(go list -f "{{.Dir}}" ./...)) && [ -z "$$bad" ] || { echo "$$bad"; exit 1; }'

check-lint: tally # go vet is part of it, so the tests are built without
	@$(tally) check "golangci-lint" -- $(TOOLS)/bin/golangci-lint run ./...

check-policy: tally
	@$(tally) check "policy check" -- go run ./cmd/disputectl policy check $(or $(POLICY),policy.yaml)

check-template: tally
	@$(tally) check "sam validate --lint" -- $(SAM) validate --lint --template template.yaml
	@$(tally) check "cfn-lint, serverless rules" -- $(TOOLS)/sam/bin/cfn-lint -a cfn_lint_serverless.rules -- template.yaml
	@$(tally) check "cfn-lint, translated template" -- $(TOOLS)/sam/bin/python tools/lint-translated.py template.yaml $(BUILD)/translated.json

check-security: tally
	@$(tally) check "checkov" -- $(TOOLS)/checkov/bin/checkov --file template.yaml --skip-download --quiet --compact

check-vulnerabilities: tally
	@$(tally) check "govulncheck" -- $(BUILD)/vulncheck ./...

check-workflows: tally
	@$(tally) check "actionlint" -- $(TOOLS)/bin/actionlint

check-size: tally
	@$(tally) check "arm64 zip at most $(MAX_ZIP_BYTES) bytes" -- $(MAKE) --no-print-directory size

check-release: tally
	@$(tally) check "two builds of the functions' zips are equal" -- tools/twice.sh zips

# The packages' unit tests and the contract suite with DynamoDB Local. Which run under the race detector, which test
# starts a MiniStack: see tools/packages.
go_test := go test -json -vet=off -tags parts -timeout 8m
packages = $$($(BUILD)/packages $(1))

test-packages: tally
	@$(tally) test "packages" -- $(go_test) -skip "$(call packages,ministack-tests)" $(call packages,plain)

test-race: tally
	@CGO_ENABLED=1 $(tally) test "packages with goroutines, under the race detector" -- \
		$(go_test) -race -short -skip "$(call packages,ministack-tests)" $(call packages,race)

check-simulation: tally
	@$(tally) check "$(SIMULATED) simulated histories" -- go run ./cmd/simulate -seeds $(SIMULATED)

test-mutants: tally
	@$(tally) test "every rule of the protocol left out" -- go test -json -tags mutants -count 1 -timeout 20m -run TestProtocol ./internal/mutants

test-drill: tally
	@$(tally) test "kill drill" -- $(go_test) -count 1 ./test/drill

test-stack: tally # one MiniStack at a time
	@status=0; $(tally) test "deployed stack" -- $(go_test) -count 1 -p 1 ./test/stack/... || status=1; \
		$(tally) test "others on MiniStack" -- $(go_test) -count 1 -p 1 -run "$(call packages,ministack-tests)" $(call packages,ministack) || status=1; \
		exit $$status

.PHONY: contract
contract: tools ## the packages' tests, with DynamoDB Local
	CGO_ENABLED=1 go test -race -tags parts $$(go list ./... | grep -v /test/)

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

# The last commit whose functions were started by an alias.
UPGRADE_FROM ?= ff424bd

.PHONY: upgrade
upgrade: tools ## deploy the commit UPGRADE_FROM on MiniStack, then this one over it; needs a git checkout
	UPGRADE_FROM=$(UPGRADE_FROM) go test -tags parts,upgrade -count 1 -timeout 10m -v -run Upgrade ./test/stack

PEERS ?=
NEWS ?= repeated

.PHONY: bench
bench: tools ## what a webhook costs, as deployed; NEWS=repeated, changed or new; PEERS="name=command …" beside it
	go run ./tools/bench -news $(NEWS) -o $(BUILD)/bench-$(NEWS).txt $(PEERS)
	go test -run '^$$' -bench . ./test/bench

.PHONY: load
load: tools ## a burst of 10,000 webhooks, one on a single dispute, then sweeps over up to 100,000 cases
	go test -tags parts,load -count 1 -timeout 30m -v ./test/load

# ---- The executable

$(BUILD)/$(ARCH)/bootstrap: FORCE
	@CGO_ENABLED=0 GOOS=linux GOARCH=$(FUNCTION_GOARCH) \
		go build -buildvcs=false -tags lambda.norpc -trimpath -ldflags "-s -w" -o $@ ./functions

$(BUILD)/$(ENVIRONMENT)/policy.json: FORCE
	@mkdir -p $(@D)
	@go run ./cmd/disputectl policy compile $(POLICY) --environment $(ENVIRONMENT) -o $@

.PHONY: FORCE
FORCE:

# functions/Makefile calls one of these per function, with ARCH, ENVIRONMENT and ARTIFACTS_DIR. Only the closer and the
# digest, which says whether it is live, get the policy.
.PHONY: build-Webhook build-Closer build-Sweep build-Reconcile build-Operate build-Digest
build-Webhook build-Sweep build-Reconcile build-Operate: $(BUILD)/$(ARCH)/bootstrap
	@cp $< "$(ARTIFACTS_DIR)/"

build-Closer build-Digest: $(BUILD)/$(ARCH)/bootstrap $(BUILD)/$(ENVIRONMENT)/policy.json
	@cp $^ "$(ARTIFACTS_DIR)/"

.PHONY: size
size: tally ## check that the arm64 zip is small enough
	@$(MAKE) --no-print-directory ARCH=arm64 $(BUILD)/arm64/bootstrap
	@$(BUILD)/pack $(BUILD)/arm64.zip bootstrap=$(BUILD)/arm64/bootstrap
	@bytes=$$(wc -c < $(BUILD)/arm64.zip); echo "arm64 zip: $$bytes bytes, at most $(MAX_ZIP_BYTES)"; \
		[ $$bytes -le $(MAX_ZIP_BYTES) ]

.PHONY: local-aws
local-aws: sam ## what `sam local` needs, until Ctrl-C: table, secrets, sandbox; BRIDGE=yes for Docker Engine
	@tools/install.sh ministack
	@go run ./tools/localaws $(if $(filter yes,$(BRIDGE)),-bridge)

.PHONY: invoke
invoke: sam ## sam local invoke of FUNCTION=webhook, or on EVENT=dispute-created, with all it needs but Docker
	@tools/install.sh ministack
	@go run ./tools/invoke -function '$(FUNCTION)' -event '$(EVENT)' -- $(SAM_LOCAL_FLAGS)

# ---- A release

.PHONY: release
release: tool-sbom ## zips, SBOMs and checksums in dist/, from the last commit
	@tools/release.sh

.PHONY: release-twice
release-twice: tool-sbom ## build a release in two folders and compare; takes minutes
	@tools/twice.sh

# ---- Deployment

.PHONY: sam
sam:
	@tools/prerequisites.sh --deploy
	@tools/install.sh sam

.PHONY: build
build: sam ## sam build, for ENV=test or ENV=live
	@$(SAM) build --config-env $(ENV)

.PHONY: deploy
deploy: ## show what will change, then build and deploy to ENV=test or ENV=live
	@tools/prerequisites.sh --deploy
	@go build -o $(BUILD)/disputectl ./cmd/disputectl
	@$(BUILD)/disputectl deploy $(ENV) $(if $(POLICY),--policy $(POLICY)) $(if $(CONFIRM),--confirm $(CONFIRM))
