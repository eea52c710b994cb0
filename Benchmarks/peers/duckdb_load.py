"""Peer: DuckDB reads JSON lines of OTLP or Jaeger into a table of spans with typed columns, in which an index finds a trace."""

import os
import sys

import duckdb

OTLP = """
    select span.traceId as trace_id, span.spanId as span_id, span.parentSpanId as parent_id,
      list_filter(attributes, lambda a: a.key = 'service.name')[1].value.stringValue as service,
      attributes as resource_attributes, scope, span.name as name, span.kind as kind, span.startTimeUnixNano::bigint as start_ns,
      span.endTimeUnixNano::bigint - span.startTimeUnixNano::bigint as length_ns, span.status as status,
      span.attributes as attributes, span.events as events
    from (
      select attributes, scope, unnest(spans) as span from (
        select attributes, one.scope as scope, one.spans as spans from (
          select attributes, unnest(scopes) as one from (
            select one.resource.attributes as attributes, one.scopeSpans as scopes from (
              select unnest(resourceSpans) as one
              from read_json(?, format = 'newline_delimited', maximum_object_size = 67108864))))))"""

JAEGER = """
    select span.traceID as trace_id, span.spanID as span_id, span.references[1].spanID as parent_id,
      processes[span.processID].serviceName as service, processes[span.processID].tags as process_tags, span.operationName as name, span.startTime * 1000 as start_ns,
      span.duration * 1000 as length_ns, span.tags as tags, span.logs as logs
    from (
      select unnest(trace.spans) as span, trace.processes as processes from (
        select unnest(data) as trace
        from read_json(?, format = 'newline_delimited', maximum_object_size = 67108864, columns = {
          data: 'struct(spans struct(traceID varchar, spanID varchar, operationName varchar,
            "references" struct(refType varchar, traceID varchar, spanID varchar)[], startTime bigint, duration bigint,
            tags struct(key varchar, type varchar, value json)[],
            logs struct(timestamp bigint, fields struct(key varchar, type varchar, value json)[])[], processID varchar)[],
            processes map(varchar, struct(serviceName varchar, tags struct(key varchar, type varchar, value json)[])))[]'})))"""

source, target = sys.argv[1:]
if os.path.exists(target):
    os.remove(target)
with open(source, "rb") as file:
    select = JAEGER if file.read(7) == b'{"data"' else OTLP
store = duckdb.connect(target)
store.execute(f"create table span as {select}", [source])
store.execute("create index by_trace on span (trace_id)")
print(store.execute("select count(*), count(distinct trace_id), count(distinct service) from span").fetchone())
