"""Peer: the load of the collector's protobuf file as a Python script would do it, with Google's parser and sqlite3.executemany; the
columns of orjson_sqlite.py. Without a target only the parser runs."""

import json
import os
import sqlite3
import struct
import sys

from opentelemetry.proto.trace.v1 import trace_pb2


def requests(path):
    with open(path, "rb") as file:
        while head := file.read(4):
            yield trace_pb2.TracesData.FromString(file.read(struct.unpack(">I", head)[0]))


def value(any_value):
    return getattr(any_value, any_value.WhichOneof("value"))


def rows(path):
    for place, request in enumerate(requests(path)):
        for resource_index, resource in enumerate(request.resource_spans):
            for scope in resource.scope_spans:
                for span in scope.spans:
                    attributes = {a.key: value(a.value) for a in span.attributes}
                    high, low = struct.unpack(">qq", span.trace_id)
                    yield (
                        high,
                        low,
                        int.from_bytes(span.span_id, "big", signed=True),
                        int.from_bytes(span.parent_span_id, "big", signed=True),
                        span.start_time_unix_nano,
                        span.end_time_unix_nano - span.start_time_unix_nano,
                        span.kind,
                        resource_index,
                        span.name,
                        place,
                        attributes.get("server.address"),
                        span.status.message,
                        None,
                        None,
                        json.dumps(attributes),
                    )


source = sys.argv[1]
if len(sys.argv) == 2:
    print(sum(1 for _ in requests(source)))
    sys.exit()
target = sys.argv[2]
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
