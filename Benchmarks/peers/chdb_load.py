"""Peer: ClickHouse's engine (chdb) reads JSON lines of OTLP or Jaeger into the table that OpenTelemetry's exporter for ClickHouse makes.

Source of the table: opentelemetry-collector-contrib, exporter/clickhouseexporter, "otel_traces": its columns, codecs, order, and the
indexes by which a trace or an attribute is found.
"""

import shutil
import sys

from chdb import session

ATTRIBUTES = "Array(Tuple(key String, value Tuple(stringValue Nullable(String), intValue Nullable(String), boolValue Nullable(Bool), doubleValue Nullable(Float64))))"
TEXT = "coalesce(a.2.1, a.2.2, toString(a.2.3), toString(a.2.4), '')"


def as_map(attributes):
    return f"mapFromArrays(arrayMap(a -> a.1, {attributes}), arrayMap(a -> {TEXT}, {attributes}))"


OTLP = f"""
    select fromUnixTimestamp64Nano(toInt64OrZero(s.5)), s.1, s.2, s.3, s.11, s.4, toString(s.7), resource['service.name'], resource,
      scope.1, scope.2, {as_map("s.9")}, toInt64OrZero(s.6) - toInt64OrZero(s.5), toString(s.8.1), s.8.2,
      arrayMap(e -> fromUnixTimestamp64Nano(toInt64OrZero(e.1)), s.10), arrayMap(e -> e.2, s.10),
      arrayMap(e -> {as_map("e.3")}, s.10), arrayMap(l -> l.1, s.12), arrayMap(l -> l.2, s.12), arrayMap(l -> l.3, s.12),
      arrayMap(l -> {as_map("l.4")}, s.12)
    from (
      select resource, scope, JSONExtract(span, 'Tuple(traceId String, spanId String, parentSpanId String, name String,
        startTimeUnixNano String, endTimeUnixNano String, kind Int8, status Tuple(code Int8, message String),
        attributes {ATTRIBUTES}, events Array(Tuple(timeUnixNano String, name String, attributes {ATTRIBUTES})),
        traceState String, links Array(Tuple(traceId String, spanId String, traceState String, attributes {ATTRIBUTES})))') as s
      from (
        select resource, JSONExtract(one, 'scope', 'Tuple(name String, version String)') as scope,
          arrayJoin(JSONExtractArrayRaw(one, 'spans')) as span
        from (
          select {as_map("listed")} as resource, one from (
            select JSONExtract(content, 'resource', 'attributes', '{ATTRIBUTES}') as listed,
              arrayJoin(JSONExtractArrayRaw(content, 'scopeSpans')) as one
            from (
              select arrayJoin(JSONExtractArrayRaw(line, 'resourceSpans')) as content
              from file('{{source}}', 'LineAsString', 'line String'))))))"""

TAGS = "Array(Tuple(key String, value String))"


def tag_map(tags):
    return f"mapFromArrays(arrayMap(t -> t.1, {tags}), arrayMap(t -> t.2, {tags}))"


JAEGER = f"""
    select fromUnixTimestamp64Nano(s.5 * 1000), s.1, s.2, s.3[1].1, '', s.4, tags['span.kind'], process.1,
      {tag_map("process.2")}, tags['otel.scope.name'], tags['otel.scope.version'], tags, s.6 * 1000, tags['otel.status_code'],
      tags['otel.status_description'], arrayMap(l -> fromUnixTimestamp64Nano(l.1 * 1000), s.8),
      arrayMap(l -> {tag_map("l.2")}['event'], s.8), arrayMap(l -> {tag_map("l.2")}, s.8), [], [], [], []
    from (
      select s, {tag_map("s.7")} as tags,
        JSONExtract(processes, s.9, 'Tuple(serviceName String, tags {TAGS})') as process
      from (
        select processes, JSONExtract(span, 'Tuple(traceID String, spanID String, references Array(Tuple(spanID String)),
          operationName String, startTime Int64, duration Int64, tags {TAGS},
          logs Array(Tuple(timestamp Int64, fields {TAGS})), processID String)') as s
        from (
          select JSONExtractRaw(trace, 'processes') as processes, arrayJoin(JSONExtractArrayRaw(trace, 'spans')) as span
          from (
            select arrayJoin(JSONExtractArrayRaw(line, 'data')) as trace
            from file('{{source}}', 'LineAsString', 'line String')))))"""

MAP = "Map(LowCardinality(String), String)"
TABLE = f"""
    create table b.otel_traces (
      Timestamp DateTime64(9) codec(Delta, ZSTD(1)), TraceId String codec(ZSTD(1)), SpanId String codec(ZSTD(1)),
      ParentSpanId String codec(ZSTD(1)), TraceState String codec(ZSTD(1)), SpanName LowCardinality(String) codec(ZSTD(1)),
      SpanKind LowCardinality(String) codec(ZSTD(1)), ServiceName LowCardinality(String) codec(ZSTD(1)),
      ResourceAttributes {MAP} codec(ZSTD(1)), ScopeName String codec(ZSTD(1)), ScopeVersion String codec(ZSTD(1)),
      SpanAttributes {MAP} codec(ZSTD(1)), Duration UInt64 codec(ZSTD(1)), StatusCode LowCardinality(String) codec(ZSTD(1)),
      StatusMessage String codec(ZSTD(1)),
      Events Nested (Timestamp DateTime64(9), Name LowCardinality(String), Attributes {MAP}) codec(ZSTD(1)),
      Links Nested (TraceId String, SpanId String, TraceState String, Attributes {MAP}) codec(ZSTD(1)),
      index idx_trace_id TraceId type bloom_filter(0.001) granularity 1,
      index idx_res_attr_key mapKeys(ResourceAttributes) type bloom_filter(0.01) granularity 1,
      index idx_res_attr_value mapValues(ResourceAttributes) type bloom_filter(0.01) granularity 1,
      index idx_span_attr_key mapKeys(SpanAttributes) type bloom_filter(0.01) granularity 1,
      index idx_span_attr_value mapValues(SpanAttributes) type bloom_filter(0.01) granularity 1,
      index idx_duration Duration type minmax granularity 1)
    engine = MergeTree partition by toDate(Timestamp) order by (ServiceName, SpanName, toDateTime(Timestamp))"""

source, target = sys.argv[1:]
shutil.rmtree(target, ignore_errors=True)
with open(source, "rb") as file:
    select = JAEGER if file.read(7) == b'{"data"' else OTLP
store = session.Session(target)
store.query("create database b")
store.query(TABLE)
store.query("insert into b.otel_traces" + select.replace("{source}", source))
print(store.query("select count(), uniqExact(TraceId), uniqExact(ServiceName), sum(length(SpanAttributes)) from b.otel_traces"))
