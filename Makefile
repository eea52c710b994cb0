# `make report` and `make test` are the two commands of README; they install what they need.

.PHONY: report test proof bench format lint

culprit := .build/release/culprit

# Builds the program and writes the report of the sample incident: incident.html, .md and .json.
report:
	./.ci/install-libraries
	swift build -c release --product culprit
	$(culprit) report samples/checkout-outage -o incident.html -o incident.md -o incident.json

# Every test, the browser included. Fixed seeds, small sizes.
test:
	./.ci/install-libraries --tests
	swift build --build-tests
	swift test --skip-build

# Every figure at full size: the release program, 10,000 generated traces, 30 simulated incidents, a million spans, a gigabyte of log lines.
proof:
	./.ci/install-libraries --tests
	swift build -c release
	CULPRIT_PROOF=1 CULPRIT_PROOF_TRACES=10000 swift test
	python3 Benchmarks/run.py
	python3 Benchmarks/run.py --growth --rounds 3
	python3 Benchmarks/run.py --logs

# The loads of spans and of log lines against their floors and peers, as Markdown tables.
bench:
	./.ci/install-libraries
	swift build -c release
	python3 Benchmarks/run.py
	python3 Benchmarks/run.py --logs

format:
	swift format --in-place --recursive Package.swift Sources Tests

lint:
	swift format lint --strict --recursive Package.swift Sources Tests
