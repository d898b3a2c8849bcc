# Parapet. `make run` and `make test` each work alone in a fresh clone on Debian 12: they install what
# is missing first (make deps). V=1 shows the commands, CC=clang uses the other compiler.

VERSION  := 0.1.0
PACKAGES := gcc libc6-dev pkg-config libuv1-dev libfastjson-dev libcyaml-dev libyaml-dev libssl-dev \
            zlib1g-dev libzstd-dev libxxhash-dev tzdata
TEST_PACKAGES := libcmocka-dev liblognorm-utils netcat-openbsd bsdutils openssl procps \
                 rsyslog rsyslog-openssl rsyslog-relp
FUZZ_PACKAGES := clang libclang-rt-14-dev
LINT_PACKAGES := clang-format
PREFIX   ?= /usr/local
SYSCONF  ?= /etc

ifeq ($(origin CC),default)
CC := gcc
endif
B      ?= build
OPT    ?= -O2 -g
WARN   := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla
WERROR ?= $(if $(CI),-Werror)
SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
Q      := $(if $(V),,@)

# Only a make that compiles asks pkg-config: before `make deps` it may not be there.
ifneq ($(filter build-%,$(MAKECMDGOALS)),)
PKG      := libuv libfastjson libcyaml yaml-0.1 openssl zlib libzstd libxxhash
PKG_CFLAGS := $(shell pkg-config --cflags $(PKG))
PKG_LIBS := $(shell pkg-config --libs $(PKG))
endif
CPPFLAGS += -I. -D_GNU_SOURCE -DPARAPET_VERSION='"$(VERSION)"' $(PKG_CFLAGS)
CFLAGS   += -std=c11 $(OPT) $(WARN) $(WERROR) $(EXTRA)
LDLIBS   += $(PKG_LIBS) -lpthread -lm

SOURCES  := $(filter-out server/main.c,$(wildcard parsers/text/*.c parsers/*.c detect/*.c config/*.c \
              server/*.c server/ingest/*.c server/forward/*.c server/ops/*.c server/tls/*.c))
EMBEDDED := $(wildcard config/parapet.yaml) $(sort $(wildcard config/detectors/*.yaml))
OBJECTS  := $(SOURCES:%.c=$(B)/%.o) $(B)/embedded.o
TESTS    := $(patsubst tests/%.c,$(B)/%,$(wildcard tests/test_*.c))
FUZZERS  := $(patsubst tests/%.c,$(B)/%,$(filter-out tests/fuzz_replay.c,$(wildcard tests/fuzz_*.c)))
TOOLS    := $(patsubst tests/%.c,$(B)/%,$(wildcard tests/tool_*.c))

.PHONY: all run test oracle golden fuzz bench bench-peers profile recall faults lint format install clean deps help
all: deps
	$(Q)$(MAKE) --no-print-directory build-program

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /  make \1	/p' Makefile | expand -t 20

run: all ## build and serve: listens on 5514, CEF to standard output
	$(Q)exec $(B)/parapet serve

test: ## all tests, under AddressSanitizer and UndefinedBehaviorSanitizer
	$(Q)$(MAKE) --no-print-directory deps WANTED="$(PACKAGES) $(TEST_PACKAGES) $(if $(findstring clang,$(CC)),$(FUZZ_PACKAGES))"
	$(Q)$(MAKE) --no-print-directory build-test B=build/test-$(CC) OPT="-O1 -g $(SANITIZE)"
	$(Q)B=build/test-$(CC) tests/run_tests.sh

oracle: ## the detectors against brute force, a million random streams (make test: 20,000)
	$(Q)$(MAKE) --no-print-directory deps WANTED="$(PACKAGES) $(TEST_PACKAGES)"
	$(Q)$(MAKE) --no-print-directory build-tools $(B)/test_detect_oracle
	$(Q)ORACLE_STREAMS=$(or $(ORACLE_STREAMS),1000000) $(B)/test_detect_oracle

golden: all ## write samples/*/*.jsonl and tests/explain/*.txt anew
	$(Q)PARAPET=$(B)/parapet tests/golden.sh write
	$(Q)B=$(B) sh tests/test_explain.sh write >/dev/null

fuzz: ## every fuzz target for FUZZ_SECONDS (60) each; FUZZ=name for one
	$(Q)$(MAKE) --no-print-directory deps WANTED="$(PACKAGES) $(FUZZ_PACKAGES)"
	$(Q)$(MAKE) --no-print-directory build-fuzz CC=clang B=build/fuzz \
	    OPT="-O1 -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all"
	$(Q)B=build/fuzz FUZZ_SECONDS=$(or $(FUZZ_SECONDS),60) tests/run_fuzz.sh $(FUZZ)

profile: ## instructions a message of each vendor (callgrind), and which functions take them
	$(Q)$(MAKE) --no-print-directory deps WANTED="$(PACKAGES) valgrind"
	$(Q)$(MAKE) --no-print-directory build-program build-tools
	$(Q)B=$(B) tests/profile.sh

bench: ## messages a second, of replay and over TCP, against the peers that are installed
	$(Q)$(MAKE) --no-print-directory deps
	$(Q)$(MAKE) --no-print-directory build-program build-tools
	$(Q)B=$(B) tests/bench.sh

# Debian's rsyslog and syslog-ng exclude each other: one is installed, the other only unpacked.
PEER_PACKAGES := syslog-ng-core libivykis0 libnet1 libwrap0
bench-peers: ## rsyslog and syslog-ng from Debian, for make bench to compare with
	$(Q)$(MAKE) --no-print-directory deps WANTED="rsyslog"
	$(Q)mkdir -p $(B)/peers/root && cd $(B)/peers/root && apt-get download -qq $(PEER_PACKAGES) && \
	    for p in *.deb; do dpkg -x $$p . || exit 1; done && rm -f *.deb

faults: ## what goes wrong outside, at full length: tables of what was sent, arrived, lost and counted
	$(Q)$(MAKE) --no-print-directory deps WANTED="$(PACKAGES) $(TEST_PACKAGES)"
	$(Q)$(MAKE) --no-print-directory build-program build-tools
	$(Q)status=0; for f in tests/faults/*.sh; do B=$(B) sh $$f || status=1; done; exit $$status

recall: ## a made-up week of 5,000 hosts with scans in it: what is found, and what else
	$(Q)$(MAKE) --no-print-directory deps
	$(Q)$(MAKE) --no-print-directory build-program build-tools
	$(Q)B=$(B) tests/recall.sh

lint: ## includes point one way, layout is clang-format's, every name has its pieces
	$(Q)$(MAKE) --no-print-directory deps WANTED="$(LINT_PACKAGES)"
	$(Q)tests/lint.sh

format: ## lay the code out
	$(Q)clang-format -i $$(git ls-files '*.c' '*.h')

install: all ## program, configuration and detectors under PREFIX and SYSCONF
	install -D -m 755 $(B)/parapet $(DESTDIR)$(PREFIX)/bin/parapet
	test -e $(DESTDIR)$(SYSCONF)/parapet/parapet.yaml || \
	    install -D -m 644 config/parapet.yaml $(DESTDIR)$(SYSCONF)/parapet/parapet.yaml
	install -d $(DESTDIR)$(SYSCONF)/parapet/detectors

clean: ## remove what make has built
	rm -rf build

# Installs what is missing; says so where it may not. WANTED: which packages.
deps: ## install what is missing from Debian
	@missing=; for p in $(or $(WANTED),$(PACKAGES)); do \
	    dpkg-query -W -f '$${Status}' $$p 2>/dev/null | grep -q 'install ok' || missing="$$missing $$p"; done; \
	[ -z "$$missing" ] && exit 0; \
	if [ $$(id -u) = 0 ]; then sudo=; elif sudo -n true 2>/dev/null; then sudo="sudo -n"; else \
	    echo "Parapet needs these Debian packages and may not install them itself:" >&2; \
	    echo "  apt-get install$$missing" >&2; exit 1; fi; \
	echo "installing$$missing" >&2; \
	{ $$sudo apt-get update -qq && \
	  DEBIAN_FRONTEND=noninteractive $$sudo apt-get install -y -qq --no-install-recommends $$missing; } >&2

# What the targets above build, once the packages are there.
.PHONY: build-program build-test build-fuzz build-tools
build-program: $(B)/parapet
build-test: $(B)/parapet $(TESTS) $(FUZZERS:%=%_replay) $(TOOLS)
build-fuzz: $(FUZZERS)
build-tools: $(TOOLS)

$(B)/parapet: $(B)/server/main.o $(B)/libparapet.a
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(B)/libparapet.a: $(OBJECTS)
	$(Q)rm -f $@ && ar rcs $@ $^

$(B)/%.o: %.c
	@mkdir -p $(@D)
	$(if $(V),,@echo "  $<")
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

# The default configuration and the shipped detectors, carried inside the binary as bytes.
$(B)/embedded.c: $(EMBEDDED) Makefile
	@mkdir -p $(@D)
	@{ echo '#include "config/config.h"'; n=0; \
	for f in $(EMBEDDED); do n=$$((n + 1)); echo "static const char file_$$n[] = {"; \
	    od -An -v -tu1 $$f | sed 's/  */,/g; s/^,//; s/$$/,/'; echo '0};'; done; n=0; \
	echo 'const struct embedded_file embedded_files[] = {'; \
	for f in $(EMBEDDED); do n=$$((n + 1)); \
	    echo "{\"$${f#config/}\", file_$$n, sizeof(file_$$n) - 1},"; done; \
	echo '{NULL, NULL, 0}};'; } > $@
$(B)/embedded.o: $(B)/embedded.c
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<

$(B)/test_%: $(B)/tests/test_%.o $(B)/libparapet.a
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ -lcmocka $(LDLIBS)
$(B)/tool_%: $(B)/tests/tool_%.o $(B)/libparapet.a
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)
$(B)/fuzz_%_replay: $(B)/tests/fuzz_%.o $(B)/tests/fuzz_replay.o $(B)/libparapet.a
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)
$(B)/fuzz_%: $(B)/tests/fuzz_%.o $(B)/libparapet.a
	$(Q)$(CC) $(CFLAGS) -fsanitize=fuzzer $(LDFLAGS) -o $@ $^ $(LDLIBS)

.SECONDARY:
-include $(wildcard $(B)/*/*.d $(B)/*/*/*.d)
