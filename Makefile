# Hyper Audio. `make demo` and `make test` set up everything they need.

# One set of flags, so that check, test and demo share one build.
FLAGS := -c release -Xswiftc -enable-testing --explicit-target-dependency-import-check error
BINARY := .build/release/hyperaudio
DEMO := $(HOME)/hyperaudio-demo

.PHONY: demo test check build set-up models format install clean fuzz fuzz-seeded sanitize faults tour

set-up:
	@Tools/set-up.sh

build: set-up
	@swift build $(FLAGS) --product hyperaudio

models: build
	@$(BINARY) models install

# Runs the main job on a real telephone talk of two people.
demo: models
	@mkdir -p "$(DEMO)"
	@$(BINARY) replace "$$($(BINARY) models path sample-call)/sample.wav" --voice jf_alpha \
		-o "$(DEMO)/sample.jf_alpha.wav" --force

# Every test, the ones with real models included.
test: set-up
	@swift build $(FLAGS) --build-tests
	@$(BINARY) models install
	@$(BINARY) voices install piper_joe
	@swift test $(FLAGS) --skip-build

# The rules of the house: format, warnings as errors, no undeclared imports.
check: set-up
	@swift format lint --strict --recursive Package.swift Sources Tests
	@swift build $(FLAGS) --build-tests

# The seeded mutants of the tests, all of them: 2,000 sound files and 2,000 documents, weights and databases.
fuzz-seeded: set-up
	@swift build $(FLAGS) --build-tests
	@MUTANTS=2000 swift test $(FLAGS) --skip-build --filter MutantTests

# libFuzzer over the readers of files from elsewhere, FUZZ_SECONDS each; what it finds lies in .build-fuzz/found.
fuzz: set-up
	@Tools/fuzz.sh

# Address sanitizer over the tests that need no models, thread sanitizer over the pure ones.
sanitize: set-up
	@Tools/sanitize.sh

# Faults on the real program: kills, full disks, damaged files, wrong clocks; docs/measurements.md has the table.
faults: models
	@python3 Tests/faults

# Every command as a new user would give it; writes docs/tour.md.
tour: models
	@Tools/tour.sh

format:
	@swift format --in-place --recursive Package.swift Sources Tests

# The program and the small data it carries; PREFIX=/usr/local by default.
PREFIX ?= /usr/local
install: build
	install -d "$(PREFIX)/lib/hyperaudio" "$(PREFIX)/bin"
	cp -r $(BINARY) .build/release/*.resources "$(PREFIX)/lib/hyperaudio/"
	ln -sf ../lib/hyperaudio/hyperaudio "$(PREFIX)/bin/hyperaudio"

clean:
	@rm -rf .build
