# What the browser tests need: the page checkers of e2e/package.json, and a Chromium.

NPM ?= npm

.PHONY: e2e-deps e2e-chromium

e2e-deps: e2e/node_modules/.package-lock.json e2e-chromium

e2e/node_modules/.package-lock.json: e2e/package.json e2e/package-lock.json
	$(NPM) ci --ignore-scripts --no-fund --no-audit --prefix e2e
	@touch $@

e2e-chromium:
	@if { command -v chromium || command -v chromium-browser || command -v google-chrome-stable || command -v google-chrome || command -v chrome; } >/dev/null; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then apt-get update -q && apt-get install -q -y --no-install-recommends chromium; \
	else echo "e2e-deps: no Chromium found; install it (Debian: apt-get install chromium), or leave browser tests out with go test -short" >&2; exit 1; fi
