"""Peer: ClickHouse's engine (chdb) reads JSON lines of OTLP or Jaeger into a MergeTree of spans with typed columns, ordered by trace."""

import shutil
import sys

from chdb import session

OTLP = """
    select s.1, s.2, s.3, service, s.4, s.5, toInt64OrZero(s.6), toInt64OrZero(s.7) - toInt64OrZero(s.6), s.8.1, s.8.2,
      s.9, s.10
    from (
      select service, JSONExtract(span, 'Tuple(traceId String, spanId String, parentSpanId String, name String, kind Int8,
        startTimeUnixNano String, endTimeUnixNano String, status Tuple(code Int8, message String),
        attributes Array(Tuple(key String, value Tuple(stringValue String, intValue String, boolValue Bool, doubleValue Float64))),
        events String)') as s
      from (
        select service, arrayJoin(JSONExtractArrayRaw(scope, 'spans')) as span from (
          select arrayFirst(a -> a.1 = 'service.name', JSONExtract(resource, 'resource', 'attributes',
              'Array(Tuple(key String, value Tuple(stringValue String)))')).2.1 as service,
            arrayJoin(JSONExtractArrayRaw(resource, 'scopeSpans')) as scope
          from (
            select arrayJoin(JSONExtractArrayRaw(line, 'resourceSpans')) as resource
            from file('{source}', 'LineAsString', 'line String')))))"""

JAEGER = """
    select s.1, s.2, s.3[1].1, JSONExtractString(processes, s.9, 'serviceName'), s.4, 0, s.5 * 1000, s.6 * 1000, 0, '',
      arrayMap(t -> (t.1, (t.2, '', false, 0)), s.7), s.8
    from (
      select processes, JSONExtract(span, 'Tuple(traceID String, spanID String, references Array(Tuple(spanID String)),
        operationName String, startTime Int64, duration Int64, tags Array(Tuple(key String, value String)), logs String,
        processID String)') as s
      from (
        select JSONExtractRaw(trace, 'processes') as processes, arrayJoin(JSONExtractArrayRaw(trace, 'spans')) as span
        from (
          select arrayJoin(JSONExtractArrayRaw(line, 'data')) as trace
          from file('{source}', 'LineAsString', 'line String'))))"""

source, target = sys.argv[1:]
shutil.rmtree(target, ignore_errors=True)
with open(source, "rb") as file:
    select = JAEGER if file.read(7) == b'{"data"' else OTLP
store = session.Session(target)
store.query("create database b")
store.query(
    """create table b.span (trace_id String, span_id String, parent_id String, service LowCardinality(String),
    name LowCardinality(String), kind Int8, start_ns Int64, length_ns Int64, status Int8, message String,
    attributes Array(Tuple(key LowCardinality(String), value Tuple(s String, i String, b Bool, d Float64))), events String)
    engine = MergeTree order by trace_id"""
)
store.query("insert into b.span" + select.replace("{source}", source))
print(store.query("select count(), uniqExact(trace_id), uniqExact(service) from b.span"))
