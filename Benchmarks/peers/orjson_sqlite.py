"""Peer: the load as a Python script would do it, orjson and sqlite3.executemany, the columns of floors/bare_insert.c."""

import os
import sqlite3
import sys

import orjson


def value(any_value):
    for key, content in any_value.items():
        return int(content) if key == "intValue" else content
    return None


def rows(path):
    place = 0
    with open(path, "rb") as file:
        for line in file:
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
store.commit()
print(store.execute("select count(*) from span").fetchone()[0])
