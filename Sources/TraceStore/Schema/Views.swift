extension Schema {
  /// The views, for people.
  ///
  /// Every join is a left join on a primary key: SQLite leaves out those whose columns a query does not name, so a column
  /// costs only who asks for it. Nothing here is newer than SQLite 3.35 and its JSON functions.
  static let views = spansView + logsView + tracesView + smallViews

  private static let spansView = """
    create view spans as
    select
      case
        when s.trace_lo is null then null
        when s.facts >> 28 & 1
          then coalesce(json_extract(s.detail, '$."trace_id"'), printf('%016x%016x', s.trace_hi, s.trace_lo))
        else printf('%016x%016x', s.trace_hi, s.trace_lo)
      end as trace_id,
      case
        when s.id is null then null
        when s.facts >> 27 & 1
          then coalesce(json_extract(s.detail, '$."span_id"'), printf('%016x', s.id))
        else printf('%016x', s.id)
      end as span_id,
      case
        when s.parent is null then null
        when s.facts >> 27 & 1
          then coalesce(json_extract(s.detail, '$."parent_id"'), printf('%016x', s.parent))
        else printf('%016x', s.parent)
      end as parent_id,
      service.text as service,
      operation.text as operation,
      coalesce(json_extract(s.detail, '$."name"'), operation.text) as name,
      case s.facts & 7
        when 1 then 'internal' when 2 then 'server' when 3 then 'client'
        when 4 then 'producer' when 5 then 'consumer' else 'unknown'
      end as kind,
      case s.facts >> 3 & 3 when 1 then 'ok' when 2 then 'error' else 'unset' end as status,
      json_extract(s.detail, '$."status_message"') as status_message,
      -- An error is what the status says; where it says nothing, the error tag, the HTTP or the gRPC code.
      case s.facts >> 3 & 3
        when 2 then 1
        when 1 then 0
        else (s.facts >> 21 & 1)
          or (s.facts >> 5 & 1023) >= (case s.facts & 7 when 2 then 500 else 400 end)
          or ((s.facts >> 20 & 1) and case s.facts & 7
              when 2 then (s.facts >> 15 & 31) in (2, 4, 12, 13, 14, 15)
              else (s.facts >> 15 & 31) <> 0
            end)
      end as is_error,
      error_type.text as error_type,
      case when s.facts >> 24 & 1 then null else s.start_ns end as start_ns,
      case when s.facts >> 25 & 1 then null else s.start_ns + s.duration_ns end as end_ns,
      case when s.facts >> 24 & 3 then null else s.duration_ns end as duration_ns,
      case when s.facts >> 24 & 1 then null else
        strftime('%Y-%m-%dT%H:%M:%S', (s.start_ns - (s.start_ns % 1000000000 + 1000000000) % 1000000000) / 1000000000, 'unixepoch')
        || printf('.%06dZ', (s.start_ns % 1000000000 + 1000000000) % 1000000000 / 1000)
      end as start,
      case when s.facts >> 24 & 3 then null else s.duration_ns / 1e6 end as duration_ms,
      coalesce(json_extract(s.attributes, '$."http.request.method"'), json_extract(s.attributes, '$."http.method"')) as http_method,
      json_extract(s.attributes, '$."http.route"') as http_route,
      nullif(s.facts >> 5 & 1023, 0) as http_status,
      case when s.facts >> 20 & 1 then s.facts >> 15 & 31 end as grpc_status,
      coalesce(json_extract(s.attributes, '$."db.system.name"'), json_extract(s.attributes, '$."db.system"')) as db_system,
      peer.text as peer,
      version.text as version,
      host.text as host,
      instance.text as instance,
      scope_name.text as scope,
      s.attributes as attributes,
      r.attributes as resource_attributes,
      s.detail as detail,
      source.name as source,
      s.place & 1099511627775 as "offset",
      s.row as row
    from span s
      left join resource r on r.id = s.resource
      left join scope c on c.id = s.scope
      left join name service on service.id = r.service
      left join name host on host.id = r.host
      left join name instance on instance.id = r.instance
      left join name version on version.id = r.version
      left join name scope_name on scope_name.id = c.name
      left join name operation on operation.id = s.operation
      left join name peer on peer.id = s.peer
      left join name error_type on error_type.id = s.error_type
      left join source on source.id = s.place >> 40;

    create view errors as select * from spans where is_error;

    """

  private static let logsView = """
    create view logs as
    select
      case when l.trace_lo is null then null else printf('%016x%016x', l.trace_hi, l.trace_lo) end as trace_id,
      case when l.span is null then null else printf('%016x', l.span) end as span_id,
      strftime('%Y-%m-%dT%H:%M:%S',
        (coalesce(l.time_ns, l.observed_ns) - (coalesce(l.time_ns, l.observed_ns) % 1000000000 + 1000000000) % 1000000000) / 1000000000,
        'unixepoch')
        || printf('.%06dZ', (coalesce(l.time_ns, l.observed_ns) % 1000000000 + 1000000000) % 1000000000 / 1000) as time,
      case
        when l.severity between 1 and 4 then 'TRACE' when l.severity between 5 and 8 then 'DEBUG'
        when l.severity between 9 and 12 then 'INFO' when l.severity between 13 and 16 then 'WARN'
        when l.severity between 17 and 20 then 'ERROR' when l.severity between 21 and 24 then 'FATAL'
        else '-'
      end as level,
      service.text as service,
      l.body as body,
      l.severity as severity,
      severity_text.text as severity_text,
      l.time_ns as time_ns,
      l.observed_ns as observed_ns,
      version.text as version,
      host.text as host,
      scope_name.text as scope,
      l.attributes as attributes,
      r.attributes as resource_attributes,
      source.name as source,
      l.place & 1099511627775 as "offset",
      l.row as row
    from log l
      left join resource r on r.id = l.resource
      left join scope c on c.id = l.scope
      left join name service on service.id = r.service
      left join name host on host.id = r.host
      left join name version on version.id = r.version
      left join name scope_name on scope_name.id = c.name
      left join name severity_text on severity_text.id = l.severity_text
      left join source on source.id = l.place >> 40;

    """

  // The root is the earliest span without a parent; SQLite takes the other columns of a min() from that same row.
  private static let tracesView = """
    create view traces as
    select
      t.trace_id as trace_id,
      root.service as root_service,
      root.operation as root_operation,
      t.spans as spans,
      t.errors as errors,
      t.services as services,
      t.start as start,
      (t.end_ns - t.start_ns) / 1e6 as duration_ms,
      t.start_ns as start_ns,
      t.end_ns as end_ns
    from (
        select trace_id, count(*) as spans, sum(is_error) as errors, count(distinct service) as services,
          min(start) as start, min(start_ns) as start_ns, max(coalesce(end_ns, start_ns)) as end_ns
        from spans where trace_id is not null group by trace_id
      ) t
      left join (
        select trace_id, min(start_ns), service, operation
        from spans where parent_id is null and trace_id is not null group by trace_id
      ) root on root.trace_id = t.trace_id;

    """

  private static let smallViews = """
    create view resources as
    select r.id as id, service.text as service, version.text as version, host.text as host,
      instance.text as instance, r.attributes as attributes
    from resource r
      left join name service on service.id = r.service
      left join name host on host.id = r.host
      left join name instance on instance.id = r.instance
      left join name version on version.id = r.version;

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
