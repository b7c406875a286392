# The one door: what people, README and CI run.

CACHE    := $(or $(SLIPWAY_TEST_CACHE),$(or $(XDG_CACHE_HOME),$(HOME)/.cache)/slipway)
SITE     := target/site/pkg
BINDGEN  := $(shell sed -n '/name = "wasm-bindgen"/{n;s/version = "\(.*\)"/\1/p}' Cargo.lock)
export PATH := $(CACHE)/tools/wasm-bindgen-$(BINDGEN)/bin:$(CACHE)/tools/bin:$(CURDIR)/node_modules/.bin:$(PATH)
WASM     := target/wasm32-unknown-unknown/wasm-release/slipway_frontend.wasm
# Everything that runs on a server, always all of it: of a part, cargo would build libraries with other features anew.
ALL      := --workspace --exclude slipway-frontend
# What the islands are made of; a change of the server alone builds no wasm.
ISLANDS  := $(shell find app frontend crates/domain -name '*.rs' -o -name Cargo.toml) Cargo.toml Cargo.lock

# Compilers work on one core for a part of their time: what the islands need besides is built beside them.
MAKEFLAGS += --jobs=2
# Not for cargo, which would take it for a limit of its own.
unexport MAKEFLAGS
# A half-written file must not look like a new one.
.DELETE_ON_ERROR:
.PHONY: help run test check bench soak screenshots fuzz dev build dist assets image lint deny advisories fmt test-rust cluster cluster-down identity identity-down demo clean prerequisites bindgen

help: ## what there is
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 16

run: build ## build the console and serve it with a simulated cluster on http://127.0.0.1:3000
	@exec target/release/slipway serve

test: ## everything, on real platforms; installs what it needs
	@end2end/test.sh

check: prerequisites ## format, lints, unit tests, licences: minutes
	cargo fmt --check
	$(MAKE) --no-print-directory lint
	cargo test --quiet $(ALL) --lib
	$(MAKE) --no-print-directory deny

lint: ## clippy, with warnings denied, for the server and for the browser
	cargo clippy --quiet $(ALL) --all-targets -- -D warnings
	cargo clippy --quiet -p slipway-frontend --target wasm32-unknown-unknown -- -D warnings

deny: ## licences, forbidden crates and sources of everything that is built in
	@end2end/prerequisites.sh deny
	cargo deny --log-level error check bans licenses sources

fuzz: prerequisites ## every reader of foreign bytes, with any bytes: SLIPWAY_TEST_FUZZ_SECONDS (20) for each
	@fuzz/run.sh

advisories: ## known vulnerabilities of what is built in; asks the RustSec database on GitHub
	@end2end/prerequisites.sh deny
	cargo deny --log-level error check advisories

fmt: ## put the code into its format
	cargo fmt

# Most of these tests wait for something outside, and hardly work meanwhile.
test-rust: export RUST_TEST_THREADS ?= 16
test-rust: $(SITE)/.assets ## all Rust tests; those on real platforms run if SLIPWAY_TEST_* names them; TESTS chooses some
	cargo test --no-fail-fast $(ALL) $(TESTS)

# BENCH_PROFILE=dev measures the debug program, which is built in less time; GOALS="G9 G12" measures only these. The
# program as it is delivered is measured otherwise, by what the quick profile builds.
BENCH_PROFILE ?= release
bench: export SLIPWAY_TEST_BENCH ?= 100
ifeq ($(BENCH_PROFILE),release)
bench: export SLIPWAY_TEST_PROGRAM ?= $(CURDIR)/target/dist/slipway
endif
bench: export SLIPWAY_TEST_FUZZ_SECONDS ?= 5
bench: prerequisites $(SITE)/.assets ## how fast it is, against the goals of docs/performance.md: tables, and target/bench.json; every reader fuzzed
	$(if $(filter release,$(BENCH_PROFILE)),@$(MAKE) --no-print-directory image)
	cargo test --profile $(BENCH_PROFILE) -p slipway-server --test process -- --nocapture --test-threads 1 g6_ g9b_
	@end2end/bench/bench.sh $(BENCH_PROFILE) $(GOALS)
	@fuzz/run.sh

# The program as it is delivered, because its memory is judged.
SOAK ?= 3600
soak: dist ## people who watch, deployments, removals and faults for an hour (SOAK seconds): a report, and target/soak.json
	SLIPWAY_TEST_SOAK=$(SOAK) SLIPWAY_TEST_PROGRAM=$(CURDIR)/target/dist/slipway $(MAKE) --no-print-directory test-rust TESTS="--test process -- --nocapture everything_at_once"

SCREENSHOTS ?= docs/images
screenshots: build ## every page in its important states, from the simulated cluster, into SCREENSHOTS (docs/images)
	@end2end/prerequisites.sh test
	SLIPWAY_TEST_SCREENSHOTS=$(abspath $(SCREENSHOTS)) npx playwright test --config end2end/screenshots/playwright.config.ts

build: prerequisites $(SITE)/.assets ## the optimised program with everything in it: target/release/slipway
	@echo "building the server"
	cargo build --release -p slipway-server

dist: prerequisites $(SITE)/.assets ## the program as it is delivered, small and fast, which takes longer to build: target/dist/slipway
	@echo "building the server, all of it together"
	cargo build --profile dist -p slipway-server

# It has to stay small: at most 35 MB to pull.
image: dist ## a container image of the program as it is delivered in target/image; PUSH=host/repository:tag pushes it as well
	@rm -rf target/image
	target/dist/slipway image --layout target/image --add examples/releases:/releases $(if $(PUSH),--push $(PUSH))
	@test $$(du -sb target/image/blobs | cut -f1) -le 35000000

dev: prerequisites $(SITE)/.assets ## serve a debug build; rebuild with make dev again (or use cargo leptos watch)
	cargo run -p slipway-server -- serve

assets: prerequisites $(SITE)/.assets ## what the program has embedded: wasm, styles, icon

prerequisites:
	@end2end/prerequisites.sh build

# Makes the glue between wasm and browser.
bindgen:
	@end2end/prerequisites.sh bindgen

# Assets: wasm, its glue, stylesheet, icon. One stamp for all, because a page needs all of them.
$(SITE)/.assets: $(SITE)/slipway_bg.wasm $(SITE)/slipway.css style/icon.svg
	@cp style/icon.svg $(SITE)/icon.svg
	@node end2end/compress.mjs $(SITE)
	@touch $@

$(WASM): $(ISLANDS) | prerequisites
	@echo "building the islands (wasm)"
	cargo build -p slipway-frontend --target wasm32-unknown-unknown --profile wasm-release
	@touch $@

$(SITE)/slipway_bg.wasm: $(WASM) | bindgen
	@mkdir -p $(SITE)
	wasm-bindgen --target web --no-typescript --out-dir $(SITE) --out-name slipway $(WASM)
	wasm-opt -Oz --gufa-optimizing --flatten --rereloop -Oz --converge --enable-bulk-memory --enable-nontrapping-float-to-int --enable-sign-ext --enable-mutable-globals \
	  --enable-reference-types --enable-multivalue --strip-debug --strip-producers -o $@ $@

$(SITE)/slipway.css: style/tailwind.css $(filter app/%,$(ISLANDS)) package-lock.json | prerequisites
	@mkdir -p $(SITE)
	tailwindcss --input style/tailwind.css --output $@ --minify

cluster: ## start the real test cluster and print its KUBECONFIG
	@end2end/prerequisites.sh test
	@end2end/cluster/cluster.sh up

cluster-down: ## remove every trace of it
	@end2end/cluster/cluster.sh down

identity: ## start the test identity provider (Keycloak) and print its settings
	@end2end/prerequisites.sh test
	@end2end/identity/identity.sh up

identity-down: ## stop it
	@end2end/identity/identity.sh down

demo: build ## the console on the real cluster with Keycloak, registry and Ingress, until Ctrl-C
	@end2end/demo.sh

clean: ## forget what was built here; caches shared with other checkouts stay
	rm -rf target node_modules
