# GNU make; recipes are for any POSIX shell. `make help` tells the targets.

PREFIX     ?= $(HOME)/.local
FUZZTIME   ?= 30s
STATICCHECK = go run honnef.co/go/tools/cmd/staticcheck@v0.8.2

VERSION := $(shell git describe --tags --always --dirty 2>/dev/null)
LDFLAGS  = -s -w $(if $(VERSION),-X main.version=$(VERSION))
BUILD    = go build -trimpath -buildvcs=false -ldflags '$(LDFLAGS)'

.PHONY: help build install demo test race lint fuzz bench samples clean check-go

help: ## tell the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' Makefile

build: check-go ## build bin/appraise
	$(BUILD) -o bin/ ./cmd/appraise

install: build ## build and copy to PREFIX/bin (default ~/.local/bin)
	install -d '$(DESTDIR)$(PREFIX)/bin'
	install -m 755 bin/appraise '$(DESTDIR)$(PREFIX)/bin/appraise'
	@case ":$$PATH:" in *':$(PREFIX)/bin:'*) ;; *) echo 'note: $(PREFIX)/bin is not in PATH' ;; esac

demo: build ## build, then look at the samples
	@echo './bin/appraise scan testdata/samples'
	@./bin/appraise scan testdata/samples; code=$$?; \
	[ $$code = 1 ] || { echo "demo: exit code $$code; the samples should give 1, for findings" >&2; exit 1; }
	@echo
	@echo 'These findings are meant to be there: among the samples are look-alikes and software that asks for too much,'
	@echo 'so that there is something to find. None of them can do harm; testdata/README.md tells what each is and'
	@echo 'what should be said of it. appraise ended with exit code 1, for findings of severity high or critical.'

test: check-go ## install what the tests read where that can be done, then run them
	@testdata/get-packages.sh
	@testdata/get-apks.sh
	go test ./...

race: check-go ## run the tests with the race detector (needs a C compiler)
	@if [ "$$(go env CGO_ENABLED)" = 1 ]; then echo 'go test -race ./...'; go test -race ./...; \
	else echo 'race: skipped, the race detector needs cgo and a C compiler'; fi

lint: check-go ## gofmt, vet on three systems, staticcheck, tidy go.mod
	@echo 'gofmt -l'; out=$$(find . -name '*.go' -not -path '*/testdata/*' -exec gofmt -l {} +) && [ -z "$$out" ] || \
	{ echo "$$out"; echo 'lint: gofmt would change these files' >&2; exit 1; }
	go vet ./...
	GOOS=darwin go vet ./...
	GOOS=windows go vet ./...
	$(STATICCHECK) ./...
	go mod tidy -diff

fuzz: check-go ## run every fuzz target for FUZZTIME (30s) each
	@all=$$(go test -list '^Fuzz' ./...) || { echo "$$all"; exit 1; }; \
	echo "$$all" | awk '/^Fuzz/ { name[n++] = $$1 } /^ok/ { for (i = 0; i < n; i++) print $$2, name[i]; n = 0 }' | \
	while read -r package target; do \
		echo "go test -run '^$$' -fuzz '^$$target$$' -fuzztime $(FUZZTIME) $$package"; \
		go test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 10x "$$package" </dev/null || exit 1; \
	done

bench: check-go ## time appraise beside aapt, openssl, apksigner, avast and adb, whole processes
	@bench/run.sh

samples: ## build the sample APKs and signed test APKs anew from testdata/apk-src (those that changed)
	@testdata/make-apks.sh
	@testdata/make-signed.sh

clean: ## remove what was built (the fetched APKs stay)
	rm -rf bin

check-go:
	@command -v go >/dev/null && why=$$(go list -m 2>&1 >/dev/null) || { \
		[ -z "$$why" ] || echo "$$why"; \
		echo "This needs Go $$(sed -n 's/^go //p' go.mod) or newer; here is: $$(go version 2>/dev/null || echo 'no Go in PATH')."; \
		echo 'Get it from https://go.dev/dl: unpack it and put its bin folder first in PATH. A Go from 1.21 on fetches'; \
		echo 'the version that it needs by itself: GOTOOLCHAIN=auto make ...'; \
		exit 1; } >&2
