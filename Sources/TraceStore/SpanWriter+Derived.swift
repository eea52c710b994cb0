package import TraceModel

/// What is worked out of the rows at the end of a load, and can be worked out again.
extension SpanWriter {
  /// A span of a service that has log records.
  package struct SpanFact: Sendable {
    package var service: Symbol
    package var host: Symbol
    package var instance: Symbol
    package var trace: TraceID
    package var id: SpanID
    package var start: Int64
    package var end: Int64
    package var facts: SpanFacts
    package var operation: Symbol
    package var errorType: Symbol
  }

  /// A log record.
  package struct LogFact: Sendable {
    package var row: Int64
    package var service: Symbol
    package var host: Symbol
    package var instance: Symbol
    /// Event time, else that of its observation, ns; 0 where unknown.
    package var time: Int64
    package var severity: UInt8
    package var trace: TraceID
    package var span: SpanID
    /// The exception's type; empty where it tells of none.
    package var errorType: Symbol
    /// The request's id; empty where it names none.
    package var request: String
    /// Hash of its message's template.
    package var template: UInt64
  }

  /// The year in which the middle one of all spans and log records lies; nil where there is none with a time.
  package func medianYear() throws(StoreError) -> Int? {
    try deriving { () throws(SQLiteFault) in
      let text = try connection.text(
        """
        with t (ns) as (
          select start_ns from span where start_ns > 0
          union all select coalesce(time_ns, observed_ns) from log where coalesce(time_ns, observed_ns) > 0)
        select strftime('%Y', ns / 1000000000, 'unixepoch') from t
        order by ns limit 1 offset (select count(*) / 2 from t)
        """)
      return text.flatMap { Int($0) }
    }
  }

  /// Whether sources were added since logs were last joined, by this load or by one that was killed before it came to that.
  package func needsJoins() throws(StoreError) -> Bool {
    try deriving { () throws(SQLiteFault) in
      try connection.int(
        "select (select count(*) from source where loaded = 1) <> (select joined_sources from progress)"
      )
        == 1
    }
  }

  /// Whether a record names no trace, so that one may be sought.
  package func hasLogsWithoutTrace() throws(StoreError) -> Bool {
    try deriving { () throws(SQLiteFault) in
      try connection.int("select exists (select 1 from log where trace_lo is null)") == 1
    }
  }

  /// Whether there is anything by which such a record could be joined: spans, or requests that records name.
  package func hasGroundsForJoins() throws(StoreError) -> Bool {
    if sawBareRequest { return true }
    return try deriving { () throws(SQLiteFault) in
      try connection.int("select exists (select 1 from span)") == 1
    }
  }

  /// Calls `body` with each log record; of those that name their trace with a tenth-thousandth part only where there are very many.
  ///
  /// - Parameter names: learns the names.
  package func forEachLog(
    names: inout SymbolTable, _ body: (LogFact) -> Void
  ) throws(StoreError) {
    var table = names
    var hasher = TemplateHasher()
    try deriving { () throws(SQLiteFault) in
      let named = try connection.int("select count(*) from log where trace_lo is not null")
      let step = max(1, named / 200_000)
      // By time and not by row, so that the order of loading decides nothing.
      var rows = try connection.prepare(
        """
        select l.row, r.service, r.host, r.instance, coalesce(l.time_ns, l.observed_ns), l.severity,
          l.trace_hi, l.trace_lo, l.span, json_extract(l.detail, '$."exception"."type"'),
          json_extract(l.detail, '$."request_id"'), l.body,
          json_extract(l.detail, '$."invocation"."request_id"')
        from log l left join resource r on r.id = l.resource
        where l.trace_lo is null or \(step) = 1
          or abs(coalesce(l.time_ns, l.observed_ns, 0) / 1000) % \(step) = 0
        """)
      while try rows.step() {
        let request = rows.text(10)
        body(
          LogFact(
            row: rows.int(0), service: rows.symbol(1, in: &table),
            host: rows.symbol(2, in: &table), instance: rows.symbol(3, in: &table),
            time: rows.int(4), severity: UInt8(clamping: rows.int(5)),
            trace: TraceID(
              high: UInt64(bitPattern: rows.int(6)), low: UInt64(bitPattern: rows.int(7))),
            span: SpanID(UInt64(bitPattern: rows.int(8))), errorType: rows.symbol(9, in: &table),
            request: request.isEmpty ? rows.text(12) : request,
            template: unsafe rows.withText(11) { unsafe hasher.hash($0) }))
      }
    }
    names = table
  }

  /// Services that have spans.
  package func servicesOfSpans(names: inout SymbolTable) throws(StoreError) -> Set<Symbol> {
    var table = names
    var services: Set<Symbol> = []
    try deriving { () throws(SQLiteFault) in
      var rows = try connection.prepare(
        "select distinct service from resource where id in (select resource from series)")
      while try rows.step() { services.insert(rows.symbol(0, in: &table)) }
    }
    names = table
    return services
  }

  /// Calls `body` with each span of the services and hosts that have log records.
  package func forEachSpanBesideLogs(
    names: inout SymbolTable, _ body: (SpanFact) -> Void
  ) throws(StoreError) {
    var table = names
    try deriving { () throws(SQLiteFault) in
      var rows = try connection.prepare(
        """
        select r.service, r.host, r.instance, u.trace_hi, u.trace_lo, s.id, s.start_ns, s.duration_ns,
          t.facts, o.text, e.text
        \(Schema.spansWithRuns) join series t on t.id = s.series join resource r on r.id = t.resource
          left join name o on o.id = t.operation left join name e on e.id = t.error_type
        where u.trace_lo is not null and s.series in (
          select id from series where facts >> 24 & 1 = 0 and resource in (
            select p.id from resource p
            join resource q on q.service = p.service or (q.host = p.host and q.host <> '')
            where q.id in (select distinct resource from log)))
        """)
      while try rows.step() {
        let start = rows.int(6)
        body(
          SpanFact(
            service: rows.symbol(0, in: &table), host: rows.symbol(1, in: &table),
            instance: rows.symbol(2, in: &table),
            trace: TraceID(
              high: UInt64(bitPattern: rows.int(3)), low: UInt64(bitPattern: rows.int(4))),
            id: SpanID(UInt64(bitPattern: rows.int(5))), start: start, end: start &+ rows.int(7),
            facts: SpanFacts(rawValue: UInt64(bitPattern: rows.int(8))),
            operation: rows.symbol(9, in: &table), errorType: rows.symbol(10, in: &table)))
      }
    }
    names = table
  }

  /// Requests as spans name them: the invocation's id, the request's id.
  package func forEachRequestOfSpans(
    _ body: (_ request: String, TraceID, SpanID) -> Void
  ) throws(StoreError) {
    try deriving { () throws(SQLiteFault) in
      let keys = ["faas.invocation_id", "faas.execution", "aws.request_id", "aws.requestId"]
      var rows = try connection.prepare(
        """
        select \(keys.map { "json_extract(attributes, '$.\"\($0)\"')" }.joined(separator: ", ")),
          u.trace_hi, u.trace_lo, s.id
        \(Schema.spansWithRuns) where u.trace_lo is not null and (\(keys.map { "attributes like '%\"\($0)\"%'" }.joined(separator: " or ")))
        """)
      while try rows.step() {
        let trace = TraceID(
          high: UInt64(bitPattern: rows.int(4)), low: UInt64(bitPattern: rows.int(5)))
        for column in 0..<Int32(keys.count) where !rows.isNull(column) {
          body(rows.text(column), trace, SpanID(UInt64(bitPattern: rows.int(6))))
        }
      }
    }
  }

  /// Replaces what was derived of log records: where those without a trace belong, and which repeat another one.
  ///
  /// - Parameter joins: row, trace, span, method and confidence of each.
  package mutating func replaceJoins(
    _ joins: some Sequence<
      (row: Int64, trace: TraceID, span: SpanID, method: UInt8, confidence: Double)
    >
  ) throws(StoreError) {
    try deriving { () throws(SQLiteFault) in
      try connection.run("begin immediate; delete from log_join; delete from log_copy;")
      var insert = try connection.prepare(
        "insert into log_join values (?, ?, ?, ?, ?, ? / 10000.0)")
      for join in joins {
        insert.bind(join.row, at: 1)
        insert.bind(Int64(bitPattern: join.trace.high), at: 2)
        insert.bind(Int64(bitPattern: join.trace.low), at: 3)
        insert.bindUnlessZero(Int64(bitPattern: join.span.rawValue), at: 4)
        insert.bind(Int64(join.method), at: 5)
        insert.bind(Int64((join.confidence * 10000).rounded()), at: 6)
        try insert.execute()
      }
      // An event that stands in several exports counts once: the record that says most stays, whatever was loaded first.
      if try connection.int("select exists (select 1 from log where identity is not null)") == 1 {
        try connection.run(
          """
          insert into log_copy select row from (
            select l.row as row, row_number() over (
              partition by l.identity order by l.trace_lo is null, length(l.detail) desc,
              length(l.body) desc, l.body, l.detail, l.attributes, s.content_hash, l.place & \(Schema.offsetMask)) as rank
            from log l join source s on s.id = l.place >> \(Schema.offsetBits)
            where l.identity in (
              select identity from log where identity is not null group by identity having count(*) > 1))
          where rank > 1
          """)
      }
      try connection.run(
        "update progress set joined_sources = (select count(*) from source where loaded = 1); commit;"
      )
    }
  }

  private func deriving<R>(
    _ body: () throws(SQLiteFault) -> R
  ) throws(StoreError) -> R {
    do throws(SQLiteFault) {
      return try body()
    } catch {
      throw StoreError(
        fault: error, path: path, doing: "while joining logs to spans", isWriting: true, kept: "")
    }
  }
}
