#!/usr/bin/env python3
"""Culprit against its floors and peers, in one run: wall clock, CPU time, peak memory, ratios, as Markdown.

    Benchmarks/run.py                      a million spans, half as many in Jaeger's form and as protobuf, five rounds
    Benchmarks/run.py --spans 100000 --rounds 3 --no-peers
    Benchmarks/run.py --logs               a gigabyte of JSON log lines instead, against orjson + sqlite3
    Benchmarks/run.py --logs --log-bytes 100000000
    Benchmarks/run.py --growth --rounds 3  a million spans, three and ten, plain and compressed; documents up to 2 GB

Input is made once and kept in .build/benchmarks. The rounds alternate, so that a slow minute hits all alike.
Memory is the peak resident size of the process, from wait4; Linux carries over what this script itself had when
it forked, so that nothing reads less than about 16 MB.
"""

import argparse
import importlib.metadata
import importlib.util
import json
import os
import platform
import re
import shlex
import shutil
import sqlite3
import statistics
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
FOLDER = os.path.join(ROOT, ".build", "benchmarks")
SHAPES = {
    "lines": ["--shape", "lines"],
    "spread": ["--shape", "lines", "--spread"],
    "document": ["--shape", "document"],
    "document-late": ["--shape", "document-late"],
}
# Made of the lines of half as many spans.
CONVERTED = ("jaeger", "protobuf")
PARSE, PARSE_JSON = "floor: simdjson, parse only", "floor: simdjson, parse only, same spans as JSON"


def warm_memory():
    """Uses and frees memory, so that none of it is given to a virtual machine at the cost of the program that follows.

    Hosts take free memory back, and hand it out again page by page at microseconds each: seconds for the gigabytes that the
    larger programs had freed. At most a quarter of what is available, and 3 GB.
    """
    try:
        with open("/proc/meminfo") as text:
            available = re.search(r"MemAvailable:\s+(\d+)", text.read())
    except OSError:
        available = None
    if not available:
        return
    count = min(3 << 30, int(available.group(1)) * 1024 // 4) >> 12
    touch = f"b = bytearray({count} << 12); b[::4096] = bytes({count})"
    # Where the program may not have as much, it ends early, and less is warm.
    subprocess.run([sys.executable, "-c", touch], check=False)


def run(command, stdin=None, source=None):
    """Seconds of wall clock, seconds of CPU, peak MB of a command; stops with its sentence where it fails.

    A source is read before, so that it comes from memory however much the programs before this one have written.
    """
    log = os.path.join(FOLDER, "last.log")
    # What the one before left to be written is not written at the cost of this one.
    os.sync()
    warm_memory()
    if source:
        subprocess.run(["cat", source], stdout=subprocess.DEVNULL, check=True)
    start = time.monotonic()
    with open(log, "wb") as output, open(stdin or os.devnull, "rb") as given:
        # Through cat, so that the program sees a pipe and not a file.
        feeder = subprocess.Popen(["cat"], stdin=given, stdout=subprocess.PIPE) if stdin else None
        child = subprocess.Popen(
            command, stdin=feeder.stdout if feeder else given, stdout=output, stderr=output
        )
        if feeder:
            feeder.stdout.close()
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        if feeder:
            feeder.wait()
    wall = time.monotonic() - start
    if child.returncode != 0:
        with open(log, errors="replace") as text:
            sys.exit(f"error: {shlex.join(command)} ended with {child.returncode}: {text.read()[-600:]}")
    # Kilobytes on Linux, bytes on macOS.
    unit = 1024 if platform.system() == "Linux" else 1
    return wall, used.ru_utime + used.ru_stime, used.ru_maxrss * unit / 1e6


def built(arguments):
    os.makedirs(FOLDER, exist_ok=True)
    floors = os.path.join(ROOT, "Benchmarks", "floors")
    parse, insert = os.path.join(FOLDER, "parse_only"), os.path.join(FOLDER, "bare_insert")
    run(["c++", "-O3", "-DNDEBUG", "-std=c++17", os.path.join(floors, "parse_only.cpp"), "-o", parse, "-lsimdjson"])
    run(["cc", "-O2", os.path.join(floors, "bare_insert.c"), "-o", insert, "-lsqlite3"])
    return parse, insert


def lines_of(arguments, shape):
    """The JSON lines that a shape is converted from."""
    return made(argparse.Namespace(**{**vars(arguments), "spans": arguments.spans // 2}), "lines")


def made(arguments, shape):
    """The input file of a shape, and the spans and traces in it."""
    if shape in CONVERTED:
        source, truth = lines_of(arguments, shape)
        file = f"{source}.{shape}"
        if not os.path.exists(file):
            script = os.path.join(ROOT, "Benchmarks", "convert.py")
            run([sys.executable, script, shape, source, file + ".part"])
            os.rename(file + ".part", file)
        return file, truth
    file = os.path.join(FOLDER, f"{shape}-{arguments.spans}.json")
    if not (os.path.exists(file) and os.path.exists(file + ".truth")):
        if not os.path.exists(arguments.make_incident):
            sys.exit(f"error: '{arguments.make_incident}' is missing\n  hint: swift build -c release --product make-incident")
        run(
            [arguments.make_incident, "load", "--spans", str(arguments.spans), "-o", file]
            + SHAPES[shape] + ["--truth", file + ".part"]
        )
        os.rename(file + ".part", file + ".truth")
    with open(file + ".truth") as text:
        return file, json.load(text)


def programs(arguments, shape, file, truth, parse, insert):
    """Name, command and standard input of all that is measured with an input."""
    store = os.path.join(FOLDER, "store.db")
    ours = [
        (name, [part.format(file=source, store=store) for part in shlex.split(arguments.command)], stdin)
        for name, source, stdin in [("culprit, file", file, None), ("culprit, pipe", "-", file)]
    ]
    if shape.startswith("document"):
        return ours
    if shape == "protobuf":
        return [(PARSE_JSON, [parse, lines_of(arguments, shape)[0]], None)] + ours
    floors = [
        (PARSE, [parse, file], None),
        ("floor: bare SQLite inserts", [insert, str(truth["spans"]), os.path.join(FOLDER, "floor.db")], None),
    ]
    return floors + ours


def is_installed(module):
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:
        return False


def peers(shape, file):
    """Name and command of each peer that is installed; the names of the others."""
    there, missing = [], []
    if shape == "protobuf":
        module = "opentelemetry.proto"
        candidates = [
            ("floor: Google's protobuf, parse only", module, "protobuf_sqlite.py", False),
            ("peer: Google's protobuf + sqlite3", module, "protobuf_sqlite.py", True),
        ]
    else:
        candidates = [
            ("peer: orjson + sqlite3", "orjson", "orjson_sqlite.py", True),
            ("peer: DuckDB", "duckdb", "duckdb_load.py", True),
            ("peer: chdb", "chdb", "chdb_load.py", True),
        ]
    for name, module, script, stores in candidates:
        script = os.path.join(ROOT, "Benchmarks", "peers", script)
        target = [os.path.join(FOLDER, f"{module}.db")] * stores
        if is_installed(module):
            there.append((name, [sys.executable, script, file] + target, None))
        elif module not in missing:
            missing.append(module)
    return there, missing


def table(title, results, size, against=PARSE, ratio_name="× parse only"):
    print(f"\n### {title}\n\n| program | wall s, median | wall s, best | CPU s | peak MB | {ratio_name} | MB/s |")
    print("|---|--:|--:|--:|--:|--:|--:|")
    floor = results.get(against)
    for name, rounds in results.items():
        wall = statistics.median(r[0] for r in rounds)
        ratio = f"{wall / statistics.median(r[0] for r in floor):.2f}" if floor else "–"
        cells = [
            f"{wall:.2f}", f"{min(r[0] for r in rounds):.2f}", f"{statistics.median(r[1] for r in rounds):.2f}",
            f"{max(r[2] for r in rounds):.0f}", ratio, f"{size / 1e6 / wall:.0f}",
        ]
        print(f"| {name} | " + " | ".join(cells) + " |")


def measured(arguments, commands, sources={}):
    """What each command took in alternating rounds; sources by command name are read before it runs."""
    results = {name: [] for name, _, _ in commands}
    for _ in range(arguments.rounds):
        for name, command, stdin in commands:
            if name.startswith("culprit"):
                for leftover in ("store.db", "store.db-wal", "store.db-shm"):
                    if os.path.exists(os.path.join(FOLDER, leftover)):
                        os.remove(os.path.join(FOLDER, leftover))
            results[name].append(run(command, stdin, sources.get(name)))
    return results


def made_logs(arguments):
    """The log dump, and the lines in it."""
    file = os.path.join(FOLDER, f"logs-{arguments.log_bytes}.jsonl")
    if not (os.path.exists(file) and os.path.exists(file + ".truth")):
        script = os.path.join(ROOT, "Benchmarks", "make_logs.py")
        lines = subprocess.run(
            [sys.executable, script, str(arguments.log_bytes), file], check=True, stdout=subprocess.PIPE, text=True
        ).stdout
        with open(file + ".part", "w") as text:
            text.write(lines)
        os.rename(file + ".part", file + ".truth")
    with open(file + ".truth") as text:
        return file, int(text.read())


def measure_logs(arguments):
    """The load of a log dump against the same load in Python, in alternating rounds; both must store every line."""
    file, lines = made_logs(arguments)
    size = os.path.getsize(file)
    store, target = os.path.join(FOLDER, "store.db"), os.path.join(FOLDER, "orjson-logs.db")
    commands = [
        (name, [part.format(file=source, store=store) for part in shlex.split(arguments.command)], stdin)
        for name, source, stdin in [("culprit, file", file, None), ("culprit, pipe", "-", file)]
    ]
    peer = "peer: orjson + sqlite3"
    has_peer = not arguments.no_peers and importlib.util.find_spec("orjson")
    if has_peer:
        script = os.path.join(ROOT, "Benchmarks", "peers", "orjson_logs.py")
        commands.append((peer, [sys.executable, script, file, target], None))
    results = measured(arguments, commands)
    table(f"logs: {lines} lines of six loggers, {size / 1e6:.0f} MB", results, size, peer, "× peer")
    for path in [store] + [target] * bool(has_peer):
        stored = sqlite3.connect(path).execute("select count(*) from log").fetchone()[0]
        if stored != lines:
            sys.exit(f"error: '{path}' holds {stored} of {lines} lines")
    if has_peer:
        ours, theirs = (statistics.median(r[0] for r in results[name]) for name in ("culprit, file", peer))
        print(f"\nPython {platform.python_version()}, orjson {importlib.metadata.version('orjson')}: {theirs / ours:.1f} times as long.")
    else:
        print("\nNot installed, hence not measured: orjson.")
    print(f"\nStore: {os.path.getsize(store) / 1e6:.0f} MB, {os.path.getsize(store) / size:.2f} of the input.")


def packed(file, tool):
    """The file that a tool makes of another one."""
    target = f"{file}.{'gz' if tool == 'gzip' else 'zst'}"
    if not os.path.exists(target):
        with open(target + ".part", "wb") as output:
            subprocess.run([tool, "-q", "-c", file], check=True, stdout=output)
        os.rename(target + ".part", target)
    return target


def measure_growth(arguments):
    """The time a span takes with one, three and ten times as many, in alternating rounds."""
    store = os.path.join(FOLDER, "store.db")
    tools, loads = [tool for tool in ("zstd", "gzip") if shutil.which(tool)], []
    for tool in {"zstd", "gzip"} - set(tools):
        print(f"Not installed, hence not measured: {tool}.")
    for shape, times in [("lines", 1), ("lines", 3), ("lines", 10), ("document", 1), ("document", 3.5)]:
        file, truth = made(argparse.Namespace(**{**vars(arguments), "spans": int(arguments.spans * times)}), shape)
        loads.append((f"{shape}, {truth['spans']} spans", file, truth["spans"]))
        if shape == "lines":
            loads += [(f"the same by {tool}", packed(file, tool), truth["spans"]) for tool in tools]
    names = [f"culprit: {os.path.basename(file)}" for _, file, _ in loads]
    commands = [
        (name, [part.format(file=file, store=store) for part in shlex.split(arguments.command)], None)
        for name, (_, file, _) in zip(names, loads)
    ]
    results = measured(arguments, commands, {name: file for name, (_, file, _) in zip(names, loads)})
    print("\n| input | MB | wall s, median | best | CPU s | µs a span | CPU µs a span | peak MB |")
    print("|---|--:|--:|--:|--:|--:|--:|--:|")
    for (name, file, spans), rounds in zip(loads, results.values()):
        wall, cpu = (statistics.median(r[i] for r in rounds) for i in (0, 1))
        cells = [
            f"{os.path.getsize(file) / 1e6:.0f}", f"{wall:.2f}", f"{min(r[0] for r in rounds):.2f}", f"{cpu:.2f}",
            f"{wall / spans * 1e6:.2f}", f"{cpu / spans * 1e6:.2f}", f"{max(r[2] for r in rounds):.0f}",
        ]
        print(f"| {name} | " + " | ".join(cells) + " |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--spans", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--shapes", nargs="*", default=[*CONVERTED, *SHAPES], choices=[*CONVERTED, *SHAPES])
    parser.add_argument("--no-peers", action="store_true")
    parser.add_argument("--logs", action="store_true", help="measure the load of log lines instead of spans")
    parser.add_argument("--growth", action="store_true", help="measure one, three and ten times the spans")
    parser.add_argument("--log-bytes", type=int, default=1_000_000_000)
    binaries = os.path.join(ROOT, ".build", "release")
    parser.add_argument("--make-incident", default=os.path.join(binaries, "make-incident"))
    parser.add_argument(
        "--command", default=shlex.quote(os.path.join(binaries, "culprit")) + " ingest {file} --store {store}",
        help="what is measured; {file} and {store} are replaced",
    )
    parser.add_argument(
        "--report", default=shlex.quote(os.path.join(binaries, "culprit")) + " report {store} -o {store}.html",
        help="what is measured over the last store; empty for nothing",
    )
    arguments = parser.parse_args()
    if not shutil.which(shlex.split(arguments.command)[0]):
        sys.exit(f"error: '{shlex.split(arguments.command)[0]}' is missing\n  hint: swift build -c release")
    if arguments.logs:
        os.makedirs(FOLDER, exist_ok=True)
        print(f"{platform.machine()}, {os.cpu_count()} cores, {platform.system()} {platform.release()}; {arguments.rounds} rounds")
        return measure_logs(arguments)
    if arguments.growth:
        os.makedirs(FOLDER, exist_ok=True)
        print(f"{platform.machine()}, {os.cpu_count()} cores, {platform.system()} {platform.release()}; {arguments.rounds} rounds")
        return measure_growth(arguments)
    parse, insert = built(arguments)
    print(f"{platform.machine()}, {os.cpu_count()} cores, {platform.system()} {platform.release()}; {arguments.rounds} rounds")
    store = os.path.join(FOLDER, "store.db")
    for shape in arguments.shapes:
        file, truth = made(arguments, shape)
        size = os.path.getsize(file)
        commands = programs(arguments, shape, file, truth, parse, insert)
        missing = []
        if shape in ("lines", *CONVERTED) and not arguments.no_peers:
            there, missing = peers(shape, file)
            commands += there
        results = measured(arguments, commands)
        title = f"{shape}: {truth['spans']} spans, {truth['traces']} traces, {size / 1e6:.0f} MB"
        table(title, results, size, PARSE_JSON if shape == "protobuf" else PARSE)
        ours = statistics.median(r[0] for r in results["culprit, file"])
        for name in results:
            if name.startswith("peer"):
                theirs = statistics.median(r[0] for r in results[name])
                print(f"\n{name} takes {theirs / ours:.1f} times as long as culprit.")
        if missing:
            print(f"\nNot installed, hence not measured: {', '.join(missing)}.")
        if os.path.exists(store):
            print(f"\nStore: {os.path.getsize(store) / 1e6:.0f} MB, {os.path.getsize(store) / size:.2f} of the input.")
    if arguments.report and os.path.exists(store):
        command = [part.format(store=store) for part in shlex.split(arguments.report)]
        results = {"culprit report": [run(command) for _ in range(arguments.rounds)]}
        table("report over the last store", results, os.path.getsize(store))


main()
