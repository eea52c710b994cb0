"""Peer: the load as a Python script would do it, orjson and sqlite3.executemany, the columns of floors/bare_insert.c and an index that
finds a trace. Reads JSON lines of OTLP or Jaeger."""

import os
import sqlite3
import sys

import orjson

KINDS = {"internal": 1, "server": 2, "client": 3, "producer": 4, "consumer": 5}


def value(any_value):
    for key, content in any_value.items():
        return int(content) if key == "intValue" else content
    return None


def otlp(line, place):
    for resource_index, resource in enumerate(orjson.loads(line)["resourceSpans"]):
        for scope in resource["scopeSpans"]:
            for span in scope["spans"]:
                attributes = {a["key"]: value(a["value"]) for a in span["attributes"]}
                start = int(span["startTimeUnixNano"])
                yield (
                    signed(span["traceId"][:16]),
                    signed(span["traceId"][16:]),
                    signed(span["spanId"]),
                    signed(span["parentSpanId"] or "0"),
                    start,
                    int(span.get("endTimeUnixNano", start)) - start,
                    span["kind"],
                    resource_index,
                    span["name"],
                    place,
                    attributes.get("server.address"),
                    span["status"].get("message"),
                    None,
                    None,
                    orjson.dumps(attributes).decode(),
                )


def jaeger(line, place):
    for trace in orjson.loads(line)["data"]:
        for span in trace["spans"]:
            tags = {t["key"]: t["value"] for t in span["tags"]}
            references = span["references"]
            yield (
                signed(span["traceID"][:16]),
                signed(span["traceID"][16:]),
                signed(span["spanID"]),
                signed(references[0]["spanID"]) if references else 0,
                span["startTime"] * 1000,
                span["duration"] * 1000,
                KINDS.get(tags.pop("span.kind", None), 0),
                trace["processes"][span["processID"]]["serviceName"],
                span["operationName"],
                place,
                tags.get("server.address"),
                tags.pop("otel.status_description", None),
                None,
                None,
                orjson.dumps(tags).decode(),
            )


def rows(path):
    place = 0
    with open(path, "rb") as file:
        for line in file:
            yield from (jaeger if line.startswith(b'{"data"') else otlp)(line, place)
            place += len(line)


def signed(digits):
    number = int(digits, 16)
    return number - (1 << 64) if number >> 63 else number


source, target = sys.argv[1:]
if os.path.exists(target):
    os.remove(target)
store = sqlite3.connect(target)
store.execute("pragma page_size = 16384")
store.execute("pragma journal_mode = memory")
store.execute("pragma synchronous = off")
store.execute(
    "create table span (trace_high, trace_low, id, parent, start, length, facts, resource, operation, place, peer, "
    "error, state, links, attributes)"
)
store.executemany("insert into span values (" + ",".join("?" * 15) + ")", rows(source))
store.execute("create index by_trace on span (trace_high, trace_low)")
store.commit()
print(store.execute("select count(*) from span").fetchone()[0])
