# The bundle of style sheet, script and fonts (web/ui/dist), and the Go code of the templ pages.

NODE ?= node
NPM ?= npm
UI_SOURCES := $(wildcard web/ui/css/*.css web/ui/*.js web/ui/icon.svg web/ui/build/*.mjs)

.PHONY: assets generate-templ

assets: web/ui/dist/manifest.json

web/ui/dist/manifest.json: node_modules/.package-lock.json $(UI_SOURCES)
	$(NODE) web/ui/build/assets.mjs

node_modules/.package-lock.json: package.json package-lock.json
	$(NPM) ci --ignore-scripts --no-fund --no-audit
	@touch $@

generate-templ:
	go tool -modfile=tools/go.mod templ generate -path web
