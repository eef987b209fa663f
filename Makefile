# The whole contributor interface. Each target installs what it misses, says what it does and how long it took.
.PHONY: help setup build run test check bench pace screenshots
.DEFAULT_GOAL := help

help: ## what there is
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 16

setup: ## install everything that building and testing need
	@scripts/setup.sh all

build: ## the one self-contained binary: target/release/waybill
	@scripts/setup.sh build && scripts/build.sh

run: ## build, start on SQLite with demo data, print the address and a sign-in
	@scripts/setup.sh build && scripts/build.sh && scripts/run.sh

test: ## every test: unit, store, HTTP, and a real browser
	@scripts/setup.sh test && scripts/test.sh

check: ## format, lints (server and browser), arrows, licences
	@scripts/setup.sh check && scripts/check.sh

bench: ## measure throughput and latency here; figures go to a file
	@scripts/setup.sh build && scripts/build-wasm.sh && scripts/bench.sh

pace: ## measure how long an event takes to the changed number in ten tabs of a browser
	@scripts/setup.sh test && scripts/build.sh && scripts/pace.sh

screenshots: ## make the README's pictures anew: docs/screenshots/
	@scripts/setup.sh test && scripts/screenshots.sh
