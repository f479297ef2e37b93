# Assay. `make` prints the targets; README.md says what each is for.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

# What is measured is what is tested: one build, optimised, with testing enabled.
FLAGS := -c release -Xswiftc -enable-testing
BIN := .build/release
SUITE ?= quick

.PHONY: help setup setup-test build bench test check lint format dist benchmarks asan kernels \
	conformance clean

help: ## Print the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## */\1\t/' | expand -t 14

setup: ## Install the system packages that are missing (apt-get, with sudo when not root)
	@scripts/setup build

setup-test:
	@scripts/setup test

build: setup ## Build assay and assay-worker, optimised
	@git rev-parse --short=12 HEAD > .build-commit.tmp 2>/dev/null || echo unknown > .build-commit.tmp
	@swift build $(FLAGS)
	@mv .build-commit.tmp $(BIN)/assay.commit

bench: build ## Measure this machine with the suite quick and print the report
	@$(BIN)/assay run $(SUITE)

# Testing builds the programs too, with options of its own: building first would build twice.
test: setup setup-test ## Run all tests, optimised as what is measured
	swift test $(FLAGS) --disable-xctest

check: lint asan kernels conformance dist benchmarks ## Everything else: lint, sanitizers, vectors, the archive, benchmarks

lint: ## Check the formatting
	swift format lint -r --strict --configuration .swift-format Package.swift Sources Tests vendors

format: ## Format all Swift files
	swift format format -i -r --configuration .swift-format Package.swift Sources Tests vendors

# Leaks are not looked for: what lives as long as the process, as tables do, would be reported.
asan: setup-test ## Unit tests in a debug build under AddressSanitizer
	ASAN_OPTIONS=detect_leaks=0 swift test --scratch-path .build-asan --sanitize=address --disable-xctest \
	    --skip EndToEndTests --skip TidyTests

kernels: setup-test ## The C kernels under sanitizers, and on an emulated arm64 processor
	scripts/kernels-sanitized
	scripts/kernels-arm64

conformance: setup-test ## ONNX's own node tests: oracle and backends (installs onnx into a cache)
	swift build $(FLAGS) --product conformance
	scripts/onnx-conformance --program $(BIN)/conformance
	for backend in blas cpu-simd; do \
	    scripts/onnx-conformance --program $(BIN)/conformance --backend $$backend; done

dist: setup-test ## An archive that runs without Swift, hwloc, libnuma or SQLite installed
	scripts/dist
	scripts/dist-test

$(BIN)/assay:
	@$(MAKE) build

benchmarks: $(BIN)/assay ## The scripts under Benchmarks at their small size, to see that they run
	Benchmarks/run-all

clean: ## Remove everything that was built
	rm -rf .build .build-* dist
