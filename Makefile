# heapreel - GNU make. "make help" lists the targets; every product lies below build/$(V)/.
#
# V names a variant: release (default), debug, asan, tsan, or any other name that keeps a compiler's products apart:
#   make V=clang CC=clang WERROR=1
# CC, CFLAGS, CPPFLAGS, LDFLAGS, PREFIX and DESTDIR are honoured. A changed compiler or flag rebuilds.

VERSION := 0.1.0

V ?= release
BUILD := build/$(V)

PREFIX ?= /usr/local
BINDIR ?= $(PREFIX)/bin
MANDIR ?= $(PREFIX)/share/man
DATADIR ?= $(PREFIX)/share/heapreel
BASHDIR ?= $(PREFIX)/share/bash-completion/completions
ZSHDIR ?= $(PREFIX)/share/zsh/site-functions
FISHDIR ?= $(PREFIX)/share/fish/vendor_completions.d

PKG_CONFIG ?= pkg-config
INSTALL ?= install
OBJCOPY ?= objcopy
FUZZ_CC ?= clang
FUZZ_SECONDS ?= 60

# ---- flags ----

ifeq ($(origin CC),default)
CC := gcc
endif
ifeq ($(V),debug)
CFLAGS ?= -O0 -g3
else ifneq ($(filter asan tsan,$(V)),)
CFLAGS ?= -O1 -g
else
CFLAGS ?= -O2 -g
endif
ifeq ($(V),asan)
VARIANT := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
else ifeq ($(V),tsan)
VARIANT := -fsanitize=thread
endif
ifdef WERROR
WARNINGS_ARE := -Werror
endif

# curses' own macros would clash with those of the files that ask for a newer POSIX
NCURSES_CFLAGS := $(filter-out -D%,$(shell $(PKG_CONFIG) --cflags ncursesw))
NCURSES_LIBS := $(shell $(PKG_CONFIG) --libs ncursesw)
JANSSON_CFLAGS := $(shell $(PKG_CONFIG) --cflags jansson)
JANSSON_LIBS := $(shell $(PKG_CONFIG) --libs jansson)

WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wconversion $(WARNINGS_ARE)
BASE_FLAGS := -std=c17 -D_DEFAULT_SOURCE -D_XOPEN_SOURCE=700 -DHEAPREEL_VERSION=\"$(VERSION)\" -Isrc $(JANSSON_CFLAGS) $(NCURSES_CFLAGS)
COMPILE = $(CC) $(BASE_FLAGS) $(CPPFLAGS) $(WARNINGS) $(CFLAGS) $(VARIANT) -MMD -MP
LINK = $(CC) $(CFLAGS) $(VARIANT) $(LDFLAGS)

# Commands are shown by one word and their product, in full with VERBOSE=1.
ifdef VERBOSE
Q :=
say = @:
else
Q := @
say = @echo '  $(1) $@'
endif

# ---- files ----

LIB_SOURCES := $(sort $(foreach d,base trace heap gc run travel graph snapshot report formats,$(wildcard src/$(d)/*.c)))
TUI_SOURCES := $(sort $(wildcard src/tui/*.c src/tui/*/*.c))
PROGRAM_SOURCES := $(sort $(wildcard src/cli/*.c) $(TUI_SOURCES))
UNIT_SOURCES := $(sort $(wildcard tests/unit/*.c) $(wildcard tests/support/*.c))
MODEL_SOURCES := $(sort $(filter-out tests/model/modelmain.c,$(wildcard tests/model/*.c)))
FUZZ_TARGETS := $(patsubst tests/fuzz/%.c,%,$(sort $(wildcard tests/fuzz/fuzz_*.c)))

LIB := $(BUILD)/libheapreel.a
PROGRAM := $(BUILD)/heapreel
UNIT := $(BUILD)/unit
MODEL := $(BUILD)/model
REPLAYERS := $(FUZZ_TARGETS:%=$(BUILD)/%)

objects = $(patsubst %.c,$(BUILD)/%.o,$(1))
LIB_OBJECTS := $(call objects,$(LIB_SOURCES))
PROGRAM_OBJECTS := $(call objects,$(PROGRAM_SOURCES))
UNIT_OBJECTS := $(call objects,$(UNIT_SOURCES))
MODEL_OBJECTS := $(call objects,$(MODEL_SOURCES))

.SUFFIXES:
.DELETE_ON_ERROR:
.PHONY: all screenshots check check-asan check-tsan check-clang check-valgrind long-check soak scale bench bench-heap fidelity fuzz format install uninstall clean dist help tests FORCE

all: $(PROGRAM)

# ---- building ----

# A file that changes only when its text does; what depends on it is rebuilt then.
define stamp
@mkdir -p $(@D)
@printf '%s\n' '$(1)' | cmp -s - $@ || printf '%s\n' '$(1)' > $@
endef

$(BUILD)/flags: FORCE
	$(call stamp,$(subst ','\'',$(COMPILE) / $(LINK) / $(shell $(CC) --version 2>&1 | head -n 1)))

$(BUILD)/datadir: FORCE
	$(call stamp,$(DATADIR))

# The list of sources, so that a file taken away leaves the library too.
$(BUILD)/sources: FORCE
	$(call stamp,$(LIB_SOURCES) / $(PROGRAM_SOURCES) / $(UNIT_SOURCES) / $(MODEL_SOURCES))

$(BUILD)/%.o: %.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(COMPILE) $(EXTRA) -c -o $@ $<

$(BUILD)/src/cli/traces.o: EXTRA = -DHEAPREEL_DATADIR=\"$(DATADIR)\"
$(BUILD)/src/cli/traces.o: $(BUILD)/datadir

$(LIB): $(LIB_OBJECTS) $(BUILD)/sources
	@rm -f $@
	$(call say,AR)
	$(Q)$(AR) rcs $@ $(LIB_OBJECTS)

$(PROGRAM): $(PROGRAM_OBJECTS) $(LIB) $(BUILD)/sources
	$(call say,LD)
	$(Q)$(LINK) -pthread -o $@ $(PROGRAM_OBJECTS) $(LIB) $(NCURSES_LIBS) $(JANSSON_LIBS) $(LDLIBS)

# ---- tests ----

TEST_FLAGS = -Itests -Itests/model -Itests/support -I$(BUILD)/tests $(shell $(PKG_CONFIG) --cflags check)

$(BUILD)/tests/%.o: EXTRA = $(TEST_FLAGS)
$(BUILD)/tests/unit/main.o: $(BUILD)/tests/suites.h

# tests/unit/test_NAME.c defines "Suite *suite_NAME(void)"; this makes the list of them.
$(BUILD)/tests/suites.h: $(BUILD)/sources
	@mkdir -p $(@D)
	@printf '#define SUITES(X)%s\n' '$(patsubst tests/unit/test_%.c, X(%),$(filter tests/unit/test_%.c,$(UNIT_SOURCES)))' > $@

# The reference model is linked into one object that shows only its interface: its inner names may be ours too.
$(BUILD)/tests/model.o: $(MODEL_OBJECTS)
	$(call say,LD)
	$(Q)$(LD) -r -o $@ $^
	$(Q)$(OBJCOPY) --wildcard --keep-global-symbol='model_*' --keep-global-symbol='compare_*' \
	    --keep-global-symbol='randtrace*' --keep-global-symbol='text_*' $@

# The program's screen is tested without a terminal, so the tests link it too; main.o and its commands stay out.
TUI_OBJECTS := $(filter $(BUILD)/src/tui/%,$(PROGRAM_OBJECTS))

$(UNIT): $(UNIT_OBJECTS) $(if $(MODEL_SOURCES),$(BUILD)/tests/model.o) $(TUI_OBJECTS) $(LIB) $(BUILD)/sources
	$(call say,LD)
	$(Q)$(LINK) -o $@ $(filter %.o,$^) $(LIB) $(shell $(PKG_CONFIG) --libs check) $(NCURSES_LIBS) $(JANSSON_LIBS) $(LDLIBS)

$(MODEL): $(BUILD)/tests/model/modelmain.o $(MODEL_OBJECTS)
	$(call say,LD)
	$(Q)$(LINK) -o $@ $^ $(JANSSON_LIBS) $(LDLIBS)

# The fuzz targets, replaying files instead of fuzzing.
$(REPLAYERS): $(BUILD)/%: $(BUILD)/tests/fuzz/%.o $(BUILD)/tests/fuzz/standalone.o $(BUILD)/tests/model.o $(TUI_OBJECTS) $(LIB)
	$(call say,LD)
	$(Q)$(LINK) -o $@ $^ $(NCURSES_LIBS) $(JANSSON_LIBS) $(LDLIBS)

# The program on a pty, with a terminal emulator behind it: where libvterm is installed.
ifeq ($(shell $(PKG_CONFIG) --exists vterm && echo yes),yes)
PTY := $(BUILD)/pty
endif

$(BUILD)/pty: $(call objects,$(wildcard tests/pty/*.c))
	$(call say,LD)
	$(Q)$(LINK) -o $@ $^ $(shell $(PKG_CONFIG) --libs vterm) -lutil $(LDLIBS)

# Every allocation of the library fails in turn.
FAULT := $(BUILD)/fault
WRAP = $(shell grep -oE '__wrap_[a-z_]+' tests/fault/fault.c | sort -u | sed 's/^__wrap_/-Wl,--wrap=/')

$(FAULT): $(BUILD)/tests/fault/fault.o $(LIB)
	$(call say,LD)
	$(Q)$(LINK) $(WRAP) -o $@ $^ $(JANSSON_LIBS) $(LDLIBS)

# The unit tests with one of the write barriers switched off: they must find out.
MUTANT := $(BUILD)/mutant

$(MUTANT): $(BUILD)/tests/mutation/mutant.o $(UNIT_OBJECTS) $(BUILD)/tests/model.o $(TUI_OBJECTS) $(LIB) $(BUILD)/sources
	$(call say,LD)
	$(Q)$(LINK) -Wl,--wrap=barrier_marking -o $@ $(filter %.o,$^) $(LIB) $(shell $(PKG_CONFIG) --libs check) $(NCURSES_LIBS) $(JANSSON_LIBS) $(LDLIBS)

# What tests/run.sh runs of a variant.
TESTS.asan := $(PROGRAM) $(UNIT) $(REPLAYERS) $(FAULT)
TESTS.tsan := $(PROGRAM)
tests: $(or $(TESTS.$(V)),$(PROGRAM) $(UNIT) $(REPLAYERS) $(FAULT) $(MUTANT) $(PTY) $(MODEL))

check: tests
	@tests/run.sh $(BUILD)

check-asan:
	@+$(MAKE) --no-print-directory V=asan check

# What runs in several threads, under ThreadSanitizer.
check-tsan:
	@+$(MAKE) --no-print-directory V=tsan check

# What clang has to say of every source, without building anything.
CLANG ?= clang
check-clang: $(BUILD)/tests/suites.h
	@printf '%s\n' $(sort $(LIB_SOURCES) $(PROGRAM_SOURCES) $(UNIT_SOURCES) $(wildcard tests/*/*.c)) | \
	    xargs -P $$(nproc) -n 8 $(CLANG) -fsyntax-only $(BASE_FLAGS) -DHEAPREEL_DATADIR=\"\" $(TEST_FLAGS) $(WARNINGS) -Werror

# Under valgrind the unit tests run in one process, and slowly.
VALGRIND := valgrind -q --error-exitcode=9 --leak-check=full --show-leak-kinds=definite,possible \
    --errors-for-leak-kinds=definite,possible
check-valgrind: tests
	CK_FORK=no CK_TIMEOUT_MULTIPLIER=100 HEAPREEL_TEST_SLOW=1 $(VALGRIND) $(UNIT)
	set -e; for trace in $(sort $(wildcard traces/*.trace)); do \
	    [ "$$(wc -c < "$$trace")" -lt 100000 ] || continue; \
	    ! grep -q '^# Full size' "$$trace" || continue; \
	    $(VALGRIND) $(PROGRAM) run --verify --json /dev/null --events /dev/null --heap /dev/null "$$trace"; done

# All of what "check" tries a part of each day (tests/run.sh): seeds, loops, allocations; and a build by clang.
long-check: tests
	@+$(MAKE) --no-print-directory V=clang CC=clang WERROR=1 all
	@LONG=1 tests/run.sh $(BUILD) seeds unit fault

# A hundred million events, some thousand major collections, constant memory.
soak: $(PROGRAM)
	@tests/soak.sh $(BUILD)

scale: $(PROGRAM)
	@tests/scale.sh $(BUILD)

bench: $(PROGRAM)
	@tests/bench/bench.sh $(BUILD)

bench-heap: $(PROGRAM)
	@tests/bench/heap.sh $(BUILD)

# Real Nodes beside heapreel, on the same programs: tests/fidelity/README.
fidelity: $(PROGRAM)
	@tests/fidelity/fidelity.sh $(BUILD)

# ---- fuzzing ----

FUZZ_FLAGS := -g -O1 -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=undefined

# The screen's own sources are fuzzed by its own target only.
build/fuzz/fuzz_screen: TUI = $(TUI_SOURCES) $(NCURSES_LIBS)

build/fuzz/%: tests/fuzz/%.c $(wildcard tests/fuzz/*.h) $(LIB_SOURCES) $(TUI_SOURCES) $(wildcard src/*/*.h src/*/*/*.h)
	@mkdir -p $(@D)
	$(FUZZ_CC) $(BASE_FLAGS) $(FUZZ_FLAGS) -Itests -Itests/model -o $@ $< $(MODEL_SOURCES) $(LIB_SOURCES) $(TUI) $(JANSSON_LIBS)

# New inputs are kept below build/; what deserves to stay is copied to tests/fuzz/corpus by hand.
fuzz: $(FUZZ_TARGETS:%=build/fuzz/%)
	set -e; for target in $(FUZZ_TARGETS); do \
	    corpus=tests/fuzz/corpus/$${target#fuzz_}; new=build/fuzz/new/$$target; mkdir -p $$new; \
	    seeds=; [ ! -d $$corpus ] || seeds=$$corpus; \
	    build/fuzz/$$target -max_total_time=$(FUZZ_SECONDS) -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
	        -artifact_prefix=build/fuzz/$$target- $$new $$seeds; done

# ---- installing ----

PAGES := $(wildcard man/*.[1-8])
INSTALLED_PAGES := $(foreach p,$(PAGES),$(DESTDIR)$(MANDIR)/man$(patsubst .%,%,$(suffix $(p)))/$(notdir $(p)))
TRACES := $(shell find traces -name '*.trace' 2>/dev/null | sort)
SCHEMAS := $(wildcard src/report/*.schema.json)

install: $(PROGRAM)
	$(INSTALL) -d $(DESTDIR)$(BINDIR) $(DESTDIR)$(DATADIR)
	$(INSTALL) -m 755 $(PROGRAM) $(DESTDIR)$(BINDIR)/heapreel
	for page in $(INSTALLED_PAGES); do $(INSTALL) -D -m 644 man/$${page##*/} $$page || exit; done
	for trace in $(TRACES); do $(INSTALL) -D -m 644 $$trace $(DESTDIR)$(DATADIR)/$$trace || exit; done
	for schema in $(SCHEMAS); do $(INSTALL) -m 644 $$schema $(DESTDIR)$(DATADIR) || exit; done
	$(INSTALL) -D -m 644 src/cli/completion/heapreel.bash $(DESTDIR)$(BASHDIR)/heapreel
	$(INSTALL) -D -m 644 src/cli/completion/_heapreel $(DESTDIR)$(ZSHDIR)/_heapreel
	$(INSTALL) -D -m 644 src/cli/completion/heapreel.fish $(DESTDIR)$(FISHDIR)/heapreel.fish

uninstall:
	rm -f $(DESTDIR)$(BINDIR)/heapreel $(INSTALLED_PAGES)
	rm -f $(DESTDIR)$(BASHDIR)/heapreel $(DESTDIR)$(ZSHDIR)/_heapreel $(DESTDIR)$(FISHDIR)/heapreel.fish
	rm -rf $(DESTDIR)$(DATADIR)

# ---- the rest ----

# The screens of README.md, as text and with colors.
screenshots: $(PROGRAM)
	@tests/screen/screenshots.sh $(BUILD)

dist:
	git archive --format=tar.gz --prefix=heapreel-$(VERSION)/ -o heapreel-$(VERSION).tar.gz HEAD

clean:
	rm -rf build

CLANG_FORMAT ?= clang-format-16
format:
	$(CLANG_FORMAT) -i $$(git ls-files 'src/*.[ch]' 'tests/*.[ch]')

help:
	@echo 'make [all]          build the program: $(PROGRAM)'
	@echo 'make check          run every test; ends with "N passed, N failed"'
	@echo 'make check-asan     the same under AddressSanitizer and UBSan'
	@echo 'make check-tsan     what runs in several threads, under ThreadSanitizer'
	@echo 'make check-clang    the warnings of clang, for every source'
	@echo 'make check-valgrind unit tests and runs under valgrind'
	@echo 'make long-check     all of what "check" tries a part of each day: HEAPREEL_SEEDS=5000 random traces among it'
	@echo 'make soak           a hundred million events in a small heap: minutes, constant memory'
	@echo 'make scale          what an item costs, of a thousand to a million of each sort: nothing may grow'
	@echo 'make fidelity       real Nodes beside heapreel on the same programs (tests/fidelity/README)'
	@echo 'make bench          processor time of seven shapes of trace, beside mawk on the same file'
	@echo 'make bench-heap     reading heap snapshots that node writes, beside a bare scan'
	@echo 'make fuzz           fuzz each target for FUZZ_SECONDS=$(FUZZ_SECONDS) (needs clang)'
	@echo 'make screenshots    the screens of README.md and tests/screen/shots'
	@echo 'make format         lay the code out by .clang-format (needs clang-format 16)'
	@echo 'make install        to PREFIX=$(PREFIX), below DESTDIR'
	@echo 'make uninstall      take it away again'
	@echo 'make dist           a tarball of the last commit'
	@echo 'make clean          remove build/'
	@echo
	@echo 'Variables: V=release|debug|asan|tsan|any-name  CC  CFLAGS  WERROR=1  VERBOSE=1  PREFIX  DESTDIR'

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
