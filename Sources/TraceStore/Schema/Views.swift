extension Schema {
  /// The views, for people.
  ///
  /// A join or an expression costs only who asks for its column: what is asked for often, service and operation, comes by
  /// left joins on primary keys, all else by look-ups of one row. (SQLite leaves out unused left joins too, but not where a
  /// query groups.) Nothing here is newer than SQLite 3.35 and its JSON functions.
  static let views = spansView + logsView + tracesView + metricsViews + smallViews

  /// Each span `s` with the run `u` that it lies in: the one that began last before it. The cross join keeps the order, so that the run
  /// is sought only for spans that fit what is asked.
  static let spansWithRuns = """
    from span s cross join run u on u.first = (select max(first) from run where first <= s.row)
    """

  /// The trace id of a span `s` of a series `t` that lies in a run `u`.
  private static let traceID = """
    case
          when u.trace_lo is null then null
          when t.facts >> 28 & 1
            then coalesce(json_extract(s.detail, '$."trace_id"'), printf('%016x%016x', u.trace_hi, u.trace_lo))
          else printf('%016x%016x', u.trace_hi, u.trace_lo)
        end
    """

  // An error is what the status says; where it says nothing, the error tag, the HTTP or the gRPC code (traces-semantics.md
  // 6.1). Bits as in SpanFacts.
  private static let isError = """
    case t.facts >> 3 & 3
        when 2 then 1
        when 1 then 0
        else (t.facts >> 21 & 1)
          or (t.facts >> 5 & 1023) >= (case t.facts & 7 when 2 then 500 else 400 end)
          or ((t.facts >> 20 & 1) and case t.facts & 7
              when 2 then (t.facts >> 15 & 31) in (2, 4, 12, 13, 14, 15)
              else (t.facts >> 15 & 31) <> 0
            end)
      end
    """

  private static let start = "case when t.facts >> 24 & 1 then null else s.start_ns end"
  private static let end =
    "case when t.facts >> 25 & 1 then null else s.start_ns + s.duration_ns end"
  private static let duration = "case when t.facts >> 24 & 3 then null else s.duration_ns end"

  /// A time in UTC with microseconds, cut and not rounded.
  private static func isoTime(_ ns: String) -> String {
    let fraction = "(\(ns) % 1000000000 + 1000000000) % 1000000000"
    return "strftime('%Y-%m-%dT%H:%M:%S', (\(ns) - \(fraction)) / 1000000000, 'unixepoch')"
      + " || printf('.%06dZ', \(fraction) / 1000)"
  }

  private static let spansView = """
    -- Each span as it was received: one that was exported twice stands here twice.
    create view spans as
    select
      (select \(traceID)
        from run u where u.first <= s.row order by u.first desc limit 1) as trace_id,
      case
        when s.id is null then null
        when t.facts >> 27 & 1
          then coalesce(json_extract(s.detail, '$."span_id"'), printf('%016x', s.id))
        else printf('%016x', s.id)
      end as span_id,
      case
        when s.parent is null then null
        when t.facts >> 27 & 1
          then coalesce(json_extract(s.detail, '$."parent_id"'), printf('%016x', s.parent))
        else printf('%016x', s.parent)
      end as parent_id,
      r.service as service,
      operation.text as operation,
      coalesce(json_extract(s.detail, '$."name"'), operation.text) as name,
      case t.facts & 7
        when 1 then 'internal' when 2 then 'server' when 3 then 'client'
        when 4 then 'producer' when 5 then 'consumer' else 'unknown'
      end as kind,
      case t.facts >> 3 & 3 when 1 then 'ok' when 2 then 'error' else 'unset' end as status,
      json_extract(s.detail, '$."status_message"') as status_message,
      \(isError) as is_error,
      (select text from name where id = t.error_type) as error_type,
      \(start) as start_ns,
      \(end) as end_ns,
      \(duration) as duration_ns,
      case when t.facts >> 24 & 1 then null else
        \(isoTime("s.start_ns"))
      end as start,
      \(duration) / 1e6 as duration_ms,
      coalesce(json_extract(s.attributes, '$."http.request.method"'), json_extract(s.attributes, '$."http.method"')) as http_method,
      json_extract(s.attributes, '$."http.route"') as http_route,
      nullif(t.facts >> 5 & 1023, 0) as http_status,
      case when t.facts >> 20 & 1 then t.facts >> 15 & 31 end as grpc_status,
      coalesce(json_extract(s.attributes, '$."db.system.name"'), json_extract(s.attributes, '$."db.system"')) as db_system,
      (select text from name where id = t.peer) as peer,
      r.version as version,
      r.host as host,
      r.instance as instance,
      (select name from scope where id = t.scope) as scope,
      s.attributes as attributes,
      r.attributes as resource_attributes,
      s.detail as detail,
      t.flags as flags,
      (select name from source where id = s.place >> 40) as source,
      s.place & 1099511627775 as "offset",
      s.row as row
    from span s
      left join series t on t.id = s.series
      left join resource r on r.id = t.resource
      left join name operation on operation.id = t.operation;

    create view errors as select * from spans where is_error;

    """

  private static let logsView = """
    create view logs as
    select
      case when l.trace_lo is null then null else printf('%016x%016x', l.trace_hi, l.trace_lo) end as trace_id,
      case when l.span is null then null else printf('%016x', l.span) end as span_id,
      \(isoTime("coalesce(l.time_ns, l.observed_ns)")) as time,
      case
        when l.severity between 1 and 4 then 'TRACE' when l.severity between 5 and 8 then 'DEBUG'
        when l.severity between 9 and 12 then 'INFO' when l.severity between 13 and 16 then 'WARN'
        when l.severity between 17 and 20 then 'ERROR' when l.severity between 21 and 24 then 'FATAL'
        else '-'
      end as level,
      r.service as service,
      l.body as body,
      l.severity as severity,
      (select text from name where id = l.severity_text) as severity_text,
      l.time_ns as time_ns,
      l.observed_ns as observed_ns,
      r.version as version,
      r.host as host,
      r.instance as instance,
      (select name from scope where id = l.scope) as scope,
      json_extract(l.detail, '$."request_id"') as request_id,
      json_extract(l.detail, '$."exception"."type"') as exception_type,
      json_extract(l.detail, '$."exception"."message"') as exception_message,
      (select printf('%016x%016x', j.trace_hi, j.trace_lo) from log_join j where j.log = l.row) as joined_trace_id,
      (select printf('%016x', j.span) from log_join j where j.log = l.row) as joined_span_id,
      (select case j.method when 1 then 'request_id' when 2 then 'host' else 'service' end
        from log_join j where j.log = l.row) as join_method,
      (select j.confidence from log_join j where j.log = l.row) as confidence,
      exists (select 1 from log_copy c where c.log = l.row) as is_copy,
      l.attributes as attributes,
      l.detail as detail,
      r.attributes as resource_attributes,
      (select name from source where id = l.place >> 40) as source,
      l.place & 1099511627775 as "offset",
      l.row as row
    from log l
      left join resource r on r.id = l.resource;

    """

  // The root is the earliest span without a parent; SQLite takes the other columns of a min() from that same row.
  // Its optimizer would go through all spans first, and seek the run of each: a cross join keeps the order.
  private static let tracesView = """
    create view traces as
    select
      g.trace_id as trace_id,
      root.service as root_service,
      root.operation as root_operation,
      g.spans as spans,
      g.errors as errors,
      g.services as services,
      \(isoTime("g.start_ns")) as start,
      (g.end_ns - g.start_ns) / 1e6 as duration_ms,
      g.start_ns as start_ns,
      g.end_ns as end_ns
    from (
        select u.trace_hi as trace_hi, u.trace_lo as trace_lo, \(traceID) as trace_id,
          count(*) as spans, sum(\(isError)) as errors,
          count(distinct r.service) as services, min(\(start)) as start_ns,
          max(coalesce(\(end), \(start))) as end_ns
        from run u cross join span s on s.row between u.first and u.first + u.count - 1
          left join series t on t.id = s.series
          left join resource r on r.id = t.resource
        where u.trace_lo is not null group by u.trace_lo, u.trace_hi
      ) g
      left join (
        select u.trace_hi as trace_hi, u.trace_lo as trace_lo, min(\(start)),
          r.service as service, operation.text as operation
        from run u cross join span s on s.row between u.first and u.first + u.count - 1
          left join series t on t.id = s.series
          left join resource r on r.id = t.resource
          left join name operation on operation.id = t.operation
        where s.parent is null and u.trace_lo is not null group by u.trace_lo, u.trace_hi
      ) root on root.trace_hi = g.trace_hi and root.trace_lo = g.trace_lo;

    """

  private static let metricsViews = """
    create view metrics as
    select
      \(isoTime("p.time_ns")) as time,
      r.service as service,
      name.text as name,
      (select text from name where id = p.unit) as unit,
      case p.kind
        when 1 then 'gauge' when 2 then 'sum' when 3 then 'histogram' when 4 then 'exponential histogram'
        when 5 then 'summary' else 'unknown'
      end as kind,
      case p.temporality when 1 then 'delta' when 2 then 'cumulative' end as temporality,
      p.monotonic as monotonic,
      p.value as value,
      p.count as count,
      p.sum as sum,
      p.min as min,
      p.max as max,
      p.attributes as attributes,
      p.start_ns as start_ns,
      p.time_ns as time_ns,
      p.detail as detail,
      (select text from name where id = p.about) as description,
      r.version as version,
      r.host as host,
      r.instance as instance,
      (select name from scope where id = p.scope) as scope,
      r.attributes as resource_attributes,
      (select name from source where id = p.place >> 40) as source,
      p.place & 1099511627775 as "offset",
      p.row as row
    from point p
      left join resource r on r.id = p.resource
      left join name on name.id = p.name;

    create view exemplars as
    select
      json_extract(e.value, '$."trace_id"') as trace_id,
      json_extract(e.value, '$."span_id"') as span_id,
      r.service as service,
      name.text as metric,
      json_extract(e.value, '$."value"') as value,
      json_extract(e.value, '$."time_ns"') as time_ns,
      json_extract(e.value, '$."attributes"') as attributes,
      p.row as point
    from point p
      join json_each(p.detail, '$."exemplars"') e
      left join resource r on r.id = p.resource
      left join name on name.id = p.name
    where p.detail like '%"exemplars"%';

    """

  private static let smallViews = """
    create view resources as
    select id, service, version, host, instance, attributes, detail from resource;

    create view scopes as
    select id, name, version, attributes, detail from scope;

    create view answers as
    select
      (select text from name where id = a.kind) as kind,
      case when a.trace_lo is null then null else printf('%016x%016x', a.trace_hi, a.trace_lo) end as trace_id,
      a.content as content,
      (select name from source where id = a.place >> 40) as source,
      a.place & 1099511627775 as "offset",
      a.row as row
    from answer a;

    create view sources as
    select name, format, compression, bytes, content_hash, loaded, records,
      spans_seen, spans_stored, spans_dropped, spans_quarantined,
      logs_seen, logs_stored, logs_dropped, metrics_seen, remark
    from source;

    create view defects as
    select source.name as source, d.kind as kind, k.severity as severity, d.count as count,
      d.first_offset as first_offset, d.example as example, k.explanation as explanation, k.remedy as remedy
    from defect d
      left join source on source.id = d.source
      left join defect_kind k on k.kind = d.kind;
    """
}
