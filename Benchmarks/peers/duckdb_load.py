"""Peer: DuckDB reads JSON lines of OTLP or Jaeger into a table of spans with the columns of chdb_load.py, in which an index finds a trace.

Attributes are a map by name, as in the tables of the other peers and of the program: a list of keys and values answers no question.
"""

import os
import sys

import duckdb

VALUE = "coalesce(a.value.stringValue, a.value.intValue::varchar, a.value.doubleValue::varchar, a.value.boolValue::varchar)"
ATTRIBUTE = "struct(key varchar, value struct(stringValue varchar, intValue varchar, doubleValue double, boolValue boolean))"


def as_map(attributes):
    return f"map_from_entries(list_transform({attributes}, lambda a: struct_pack(k := a.key, v := {VALUE})))"


OTLP = f"""
    select span.traceId as trace_id, span.spanId as span_id, span.parentSpanId as parent_id, span.traceState as trace_state,
      resource['service.name'] as service, resource as resource_attributes, scope.name as scope, scope.version as scope_version,
      span.name as name, span.kind as kind, span.startTimeUnixNano::bigint as start_ns,
      span.endTimeUnixNano::bigint - span.startTimeUnixNano::bigint as length_ns, span.status.code as status,
      span.status.message as message, {as_map("span.attributes")} as attributes,
      list_transform(span.events, lambda e: struct_pack(t := e.timeUnixNano::bigint, name := e.name,
        attributes := {as_map("e.attributes")})) as events, span.links as links
    from (
      select resource, scope, unnest(spans) as span from (
        select resource, one.scope as scope, one.spans as spans from (
          select resource, unnest(scopes) as one from (
            select {as_map("one.resource.attributes")} as resource, one.scopeSpans as scopes from (
              select unnest(resourceSpans) as one
              from read_json(?, format = 'newline_delimited', maximum_object_size = 67108864, columns = {{
                resourceSpans: 'struct(resource struct(attributes {ATTRIBUTE}[]), scopeSpans struct(
                  scope struct(name varchar, version varchar), spans struct(traceId varchar, spanId varchar, parentSpanId varchar,
                  traceState varchar, name varchar, kind int, startTimeUnixNano varchar, endTimeUnixNano varchar,
                  status struct(code int, message varchar), attributes {ATTRIBUTE}[],
                  events struct(timeUnixNano varchar, name varchar, attributes {ATTRIBUTE}[])[],
                  links struct(traceId varchar, spanId varchar, traceState varchar, attributes {ATTRIBUTE}[])[])[])[])[]'}}))))))"""

TAG = "struct(key varchar, type varchar, value varchar)"


def tag_map(tags):
    return f"map_from_entries(list_transform({tags}, lambda a: struct_pack(k := a.key, v := a.value)))"


JAEGER = f"""
    select span.traceID as trace_id, span.spanID as span_id, span.references[1].spanID as parent_id,
      processes[span.processID].serviceName as service, {tag_map("processes[span.processID].tags")} as resource_attributes,
      span.operationName as name, span.startTime * 1000 as start_ns, span.duration * 1000 as length_ns,
      {tag_map("span.tags")} as attributes,
      list_transform(span.logs, lambda e: struct_pack(t := e.timestamp, fields := {tag_map("e.fields")})) as events
    from (
      select unnest(trace.spans) as span, trace.processes as processes from (
        select unnest(data) as trace
        from read_json(?, format = 'newline_delimited', maximum_object_size = 67108864, columns = {{
          data: 'struct(spans struct(traceID varchar, spanID varchar, operationName varchar,
            "references" struct(refType varchar, traceID varchar, spanID varchar)[], startTime bigint, duration bigint,
            tags {TAG}[], logs struct(timestamp bigint, fields {TAG}[])[], processID varchar)[],
            processes map(varchar, struct(serviceName varchar, tags {TAG}[])))[]'}})))"""

source, target = sys.argv[1:]
if os.path.exists(target):
    os.remove(target)
with open(source, "rb") as file:
    select = JAEGER if file.read(7) == b'{"data"' else OTLP
store = duckdb.connect(target)
store.execute(f"create table span as {select}", [source])
store.execute("create index by_trace on span (trace_id)")
print(store.execute("select count(*), count(distinct trace_id), count(distinct service), sum(cardinality(attributes)) from span").fetchone())
