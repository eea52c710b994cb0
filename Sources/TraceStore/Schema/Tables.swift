extension Schema {
  /// The tables of a store. Comments stay in the file: `.schema` of the stock shell shows them.
  ///
  /// Names of spans are stored once, in `name`; 0 is the empty name. Ids are the bits of the id as a signed number, `printf('%016x', …)`
  /// writes them; an id that is not hex is a hash, and `detail` holds its written form. No column is declared NOT NULL or
  /// UNIQUE where millions of rows go in: each such check costs time, and a statement journal.
  static let tables = """
    create table name (
      id integer primary key,
      text text
    );
    insert into name values (0, '');

    create table source (
      id integer primary key,
      name text,
      format text,
      compression text,
      bytes integer,            -- decompressed
      content_hash text,        -- of the decompressed bytes; the same content is stored once
      loaded integer,           -- 1: its rows are here; 0: it was skipped, see remark
      records integer,
      spans_seen integer,
      spans_stored integer,
      spans_dropped integer,    -- each under a named defect
      spans_quarantined integer,-- stored, but without a trace id
      logs_seen integer,
      logs_stored integer,
      logs_dropped integer,
      metrics_seen integer,
      remark text
    );
    create unique index source_by_content on source (content_hash) where loaded = 1;

    create table defect_kind (
      kind text primary key,
      severity text,
      explanation text,
      remedy text
    ) without rowid;

    create table defect (
      source integer,
      kind text,
      count integer,
      first_offset integer,
      example text
    );

    create table resource (
      id integer primary key,
      service text,
      host text,
      instance text,
      version text,
      attributes text,          -- JSON
      detail text               -- JSON of what is rare: dropped_attributes, unknown
    );

    create table scope (
      id integer primary key,
      name text,
      version text,
      attributes text,          -- JSON
      detail text               -- as of resource
    );

    create table series (         -- what many spans have in common, stored once, as a rule
      id integer primary key,
      resource integer,
      scope integer,
      operation integer,        -- name of what is displayed
      facts integer,            -- kind, status, HTTP and gRPC codes, flags: see the view spans
      peer integer,             -- name
      error_type integer,       -- name
      flags integer             -- OTLP's
    );

    create table span (           -- whose trace id stands in run
      id integer,
      parent integer,
      series integer,
      start_ns integer,
      duration_ns integer,      -- end - start as received, may be negative
      place integer,            -- source << 40 | byte offset
      attributes text,          -- JSON
      detail text,              -- JSON: name, events, links, status_message, written ids, …
      row integer primary key   -- last: what a statement gives in the order of the table is not copied
    );

    create table run (            -- rows of span that follow each other and share a trace id
      first integer primary key,
      trace_hi integer,         -- null, like trace_lo: no trace id
      trace_lo integer,
      count integer
    );

    create table log (
      row integer primary key,
      trace_hi integer,
      trace_lo integer,
      span integer,
      time_ns integer,
      observed_ns integer,
      severity integer,
      severity_text integer,
      resource integer,
      scope integer,
      place integer,
      identity integer,         -- the same in every export of one event; null where nothing tells
      body text,
      attributes text,          -- JSON
      detail text               -- JSON: header, exception, request_id, invocation, report, written ids
    );

    create table log_run (        -- the same of rows of log that name a trace
      first integer primary key,
      trace_hi integer,
      trace_lo integer,
      count integer
    );

    create table log_join (       -- derived: where a record that names no trace belongs
      log integer primary key,
      trace_hi integer,
      trace_lo integer,
      span integer,
      method integer,           -- 1 by request id, 2 by service, host and time, 3 by service and time
      confidence real           -- 0 to 1, how likely it is right
    );

    create table log_copy (       -- derived: records of an event that another row tells, which says more of it
      log integer primary key
    );

    create table point (          -- data points of metrics
      row integer primary key,
      name integer,
      unit integer,
      about integer,            -- what it measures, in words
      kind integer,             -- 1 gauge, 2 sum, 3 histogram, 4 exponential histogram, 5 summary
      temporality integer,      -- 1 since the point before, 2 since start_ns
      monotonic integer,
      resource integer,
      scope integer,
      start_ns integer,
      time_ns integer,
      value,                    -- integer or real, of gauges and sums; null: nothing was recorded
      count integer,
      sum real,
      min real,
      max real,
      place integer,
      attributes text,          -- JSON
      detail text               -- JSON: bounds, counts, scale, positive, negative, quantiles, exemplars
    );

    create table progress (
      joined_sources integer    -- how many loaded sources log_join and log_copy were derived from
    );
    insert into progress values (0);

    create table answer (         -- what a back end found itself: summaries, service graphs, groups
      row integer primary key,
      kind integer,             -- name
      trace_hi integer,
      trace_lo integer,
      place integer,
      content text              -- JSON, as it was received
    );
    """

  /// Made when all rows are in (new store), or kept up to date (extended store).
  static let indexes = """
    create index run_by_trace on run (trace_lo, trace_hi, count);
    create index log_join_by_trace on log_join (trace_lo, trace_hi);
    create index log_run_by_trace on log_run (trace_lo, trace_hi);
    """
}
