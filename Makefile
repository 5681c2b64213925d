# Luukku. `make` alone prints this help.

SHELL := /bin/bash
GO ?= go
TOOL := $(GO) tool -modfile=tools/go.mod
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo development)
export CGO_ENABLED := 0

include assets.mk
include e2e.mk

.DEFAULT_GOAL := help
.PHONY: help run build test test-short check check-format check-generated generate pictures clean test-deps postgres-deps pdf-deps race fuzz planted nightly bench

help: ## Print this help
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{ printf "  make %-14s %s\n", $$1, $$2 }'

run: build ## The demo in a browser: every blueprint, nothing is sent (DATA=dir LISTEN=host:port)
	bin/luukku demo --data $(or $(DATA),data/demo) --listen $(or $(LISTEN),127.0.0.1:8080)

build: assets ## Make bin/luukku
	$(GO) build -trimpath -ldflags "-s -w -X main.version=$(VERSION)" -o bin/luukku ./cmd/luukku

test: assets test-deps check ## Everything: checks, both engines, the browser stories
	LUUKKU_REQUIRE_NODE=1 $(GO) test -timeout 45m ./...
	@test -x /usr/sbin/bearerbox || test -e "$${XDG_CACHE_HOME:-$$HOME/.cache}/luukku-kannel/complete" || echo "NOT CHECKED: Kannel is not installed and could not be fetched (apt-get download kannel): its tests were skipped"
	@$(MAKE) --no-print-directory planted

test-short: assets ## What needs neither PostgreSQL nor a browser
	LUUKKU_TEST_POSTGRES=off $(GO) test -short ./...

check: assets check-format check-generated ## Format, vet, staticcheck, arrows, texts, generated files
	$(GO) mod tidy -diff
	$(GO) vet ./...
	$(TOOL) staticcheck ./...
	$(GO) test ./base/i18n .

check-format:
	@bad=$$(gofmt -l $$(git ls-files '*.go' | grep -v -e _templ.go -e ^store/db/)); if [ -n "$$bad" ]; then echo "not formatted: $$bad" >&2; exit 1; fi
	@bad=$$($(TOOL) templ fmt -stdout $$(git ls-files '*.templ') >/dev/null 2>&1 || echo yes); if [ -n "$$bad" ]; then echo "a .templ file does not parse" >&2; exit 1; fi

check-generated: ## Prove that the committed generated Go is current
	@before=$$(git ls-files -z '*_templ.go' 'store/db/*.go' | xargs -0 sha256sum | sha256sum); \
	$(MAKE) --no-print-directory generate >/dev/null && \
	after=$$(git ls-files -z '*_templ.go' 'store/db/*.go' | xargs -0 sha256sum | sha256sum); \
	if [ "$$before" != "$$after" ]; then echo "generated files were not current: commit what 'make generate' made" >&2; git status --short -- '*_templ.go' store/db >&2; exit 1; fi

generate: ## Make the generated Go again (templ, sqlc)
	$(TOOL) templ generate
	cd store && $(GO) tool -modfile=../tools/go.mod sqlc generate

test-deps: e2e-deps postgres-deps pdf-deps

pdf-deps:
	@if command -v pdfinfo >/dev/null; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then apt-get update -q && apt-get install -q -y --no-install-recommends poppler-utils; \
	else echo "NOT CHECKED: pdfinfo is not installed (Debian: apt-get install poppler-utils): tests that read PDF are skipped" >&2; fi

postgres-deps:
	@if command -v initdb >/dev/null || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then apt-get update -q && apt-get install -q -y --no-install-recommends postgresql; \
	else echo "test: no PostgreSQL found; install it (Debian: apt-get install postgresql), or leave it out with LUUKKU_TEST_POSTGRES=off" >&2; exit 1; fi

race: assets ## The packages where requests meet, under the race detector (needs a C compiler)
	CGO_ENABLED=1 $(GO) test -race -timeout 10m ./base/... ./domain/... ./store/... ./api/... ./jobs/...

fuzz: ## Each parser's fuzzer for FUZZTIME (default 30s)
	@for target in $$(grep -rhoE --include='*_test.go' '^func Fuzz[A-Za-z]+' base domain | sed 's/func //'); do \
	  pkg=$$(grep -rlE --include='*_test.go' "^func $$target\(" base domain | head -1 | xargs dirname); \
	  $(GO) test -run '^$$' -fuzz "^$$target$$" -fuzztime $(or $(FUZZTIME),30s) ./$$pkg || exit 1; done

planted: assets ## Each harness must find the bug that is planted for it (FAULTS="name ..." chooses bugs)
	$(GO) run ./faults/planted $(FAULTS)

nightly: assets test-deps ## Every harness at length, and a table of what it did (FAULTS="crash cuts/TestName ..." chooses)
	$(GO) run ./faults/nightly $(FAULTS)

bench: build ## Every row against its peer, on this machine (ROWS="book page" for some, DIR=directory on the disk to measure)
	bin/luukku bench $(if $(DIR),--dir $(DIR)) $(ROWS)

clean: ## Remove what was built and the demo's data
	rm -rf bin data/demo web/ui/dist/*.css web/ui/dist/*.js web/ui/dist/*.json web/ui/dist/*.woff2 web/ui/dist/*.svg web/ui/dist/*.gz web/ui/dist/*.br
