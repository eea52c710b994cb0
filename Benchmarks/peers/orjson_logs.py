"""Peer: a log dump loaded as a Python script would do it, orjson and sqlite3.executemany, the columns of our table `log`."""

import os
import sqlite3
import sys
from datetime import datetime, timezone

import orjson

TIMES = ("@timestamp", "timestamp", "time", "ts")
LEVELS = ("log.level", "level", "severity")
MESSAGES = ("message", "msg", "event")
SERVICES = ("service", "service.name", "name")
HOSTS = ("host", "host.name", "hostname")
TRACES = ("trace_id", "traceId", "trace.id", "xray_trace_id")
SPANS = ("span_id", "spanId", "transaction.id", "span.id")
STACKS = ("exception", "stack_trace", "stacktrace", "error.stack_trace")
SEVERITIES = {
    "trace": 1, "debug": 5, "info": 9, "warn": 13, "warning": 13, "error": 17, "fatal": 21, "critical": 21,
    10: 1, 20: 5, 30: 9, 40: 13, 50: 17, 60: 21,
}


def first(record, names):
    for name in names:
        if name in record:
            return record.pop(name)
    return None


def nanoseconds(value):
    if isinstance(value, str):
        moment = datetime.fromisoformat(value.replace(",", ".") if "," in value else value)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=timezone.utc)
        return int(moment.timestamp() * 1_000_000) * 1000
    if isinstance(value, int):
        return value * 1_000_000
    return int(value * 1_000_000) * 1000


def signed(digits):
    number = int(digits, 16)
    return number - (1 << 64) if number >> 63 else number


def rows(path, resources, names):
    place = 0
    with open(path, "rb") as file:
        for line in file:
            record = orjson.loads(line)
            time = first(record, TIMES)
            level = first(record, LEVELS)
            message = first(record, MESSAGES)
            trace = first(record, TRACES)
            span = first(record, SPANS)
            request = record.pop("function_request_id", None)
            sender = (first(record, SERVICES), first(record, HOSTS))
            resource = resources.setdefault(sender, len(resources))
            high = low = None
            if trace:
                digits = trace[2:10] + trace[11:] if trace[1] == "-" else trace
                high, low = signed(digits[:16]), signed(digits[16:])
            stack = next((record[name] for name in STACKS if name in record), None)
            if stack is None and "err" in record:
                stack = record["err"]["stack"]
            detail = {}
            if request:
                detail["request_id"] = request
            if stack:
                detail["exception"] = stack
            yield (
                high,
                low,
                signed(span) if span else None,
                nanoseconds(time),
                None,
                SEVERITIES.get(level.lower() if isinstance(level, str) else level, 0),
                names.setdefault(level, len(names)),
                resource,
                None,
                place,
                None,
                message,
                orjson.dumps(record).decode(),
                orjson.dumps(detail).decode() if detail else None,
            )
            place += len(line)


source, target = sys.argv[1:]
if os.path.exists(target):
    os.remove(target)
store = sqlite3.connect(target)
store.execute("pragma page_size = 16384")
store.execute("pragma journal_mode = memory")
store.execute("pragma synchronous = off")
store.execute(
    "create table log (trace_hi, trace_lo, span, time_ns, observed_ns, severity, severity_text, resource, scope, place, "
    "identity, body, attributes, detail)"
)
senders, words = {}, {}
store.executemany("insert into log values (" + ",".join("?" * 14) + ")", rows(source, senders, words))
store.execute("create table resource (id, service, host)")
store.executemany("insert into resource values (?, ?, ?)", ((number, *sender) for sender, number in senders.items()))
store.execute("create table name (id, text)")
store.executemany("insert into name values (?, ?)", ((number, word) for word, number in words.items()))
store.commit()
print(store.execute("select count(*) from log").fetchone()[0])
