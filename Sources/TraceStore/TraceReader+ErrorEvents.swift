package import TraceModel

extension TraceReader {
  /// Calls `body` with each thing that went wrong: exception events of spans, log records with an exception or of severity ERROR and above,
  /// occurrences of error trackers. In no order; what was exported twice may come twice.
  ///
  /// A log record without an exception whose span (or trace, where it names no span) tells of one is not told again.
  ///
  /// - Complexity: one pass over spans and one over log records; each stack trace is parsed once for each distinct text.
  package func forEachErrorEvent(_ body: (ErrorEvent) -> Void) throws(StoreError) {
    do throws(SQLiteFault) {
      var explained: Set<Told> = []
      try forEachSpanException { event in
        explained.insert(Told(trace: event.trace, span: event.span))
        explained.insert(Told(trace: event.trace, span: .absent))
        body(event)
      }
      try forEachLogError(explained: &explained, withException: true, body)
      try forEachLogError(explained: &explained, withException: false, body)
    } catch {
      throw StoreError(fault: error, path: catalog.path, doing: "while reading errors")
    }
  }

  /// Where an exception was told.
  private struct Told: Hashable {
    var trace: TraceID
    var span: SpanID
  }

  private func forEachSpanException(_ body: (ErrorEvent) -> Void) throws(SQLiteFault) {
    var rows = try connection.prepare(
      """
      select (select resource from series where id = s.series), u.trace_hi, u.trace_lo, s.id, s.place, s.start_ns,
        json_extract(e.value, '$."time_ns"'),
        json_extract(e.value, '$."attributes"."exception.type"'),
        json_extract(e.value, '$."attributes"."exception.message"'),
        json_extract(e.value, '$."attributes"."exception.stacktrace"'),
        coalesce(json_extract(s.attributes, '$."enduser.id"'), json_extract(s.attributes, '$."user.id"')),
        s.parent
      \(Schema.spansWithRuns) cross join json_each(s.detail, '$."events"') e
      where s.series in (select id from series where facts >> 23 & 1) and json_valid(s.detail) and json_extract(e.value, '$."name"') = 'exception'
      """)
    var parsed = ParsedTraces()
    while try rows.step() {
      guard let resource = resource(rows.int(0)), let place = catalog.place(rows.int(4)) else {
        continue
      }
      let trace = parsed.facts(rows.text(9))
      let time = rows.int(6) != 0 ? rows.int(6) : rows.int(5)
      let type = rows.text(7)
      body(
        ErrorEvent(
          source: .span, time: time == 0 ? nil : Timestamp(time), service: resource.service,
          version: resource.version, host: resource.host, trace: traceID(rows, 1),
          span: SpanID(UInt64(bitPattern: rows.int(3))),
          parent: SpanID(UInt64(bitPattern: rows.int(11))), type: type.isEmpty ? trace.type : type,
          message: rows.text(8), strict: trace.strict, blame: trace.blame,
          person: person(rows.text(10)), place: place))
    }
  }

  private func forEachLogError(
    explained: inout Set<Told>, withException: Bool, _ body: (ErrorEvent) -> Void
  ) throws(SQLiteFault) {
    var rows = try connection.prepare(
      """
      select l.resource, coalesce(l.trace_hi, j.trace_hi), coalesce(l.trace_lo, j.trace_lo),
        coalesce(l.span, j.span), l.place, coalesce(l.time_ns, l.observed_ns),
        json_extract(l.detail, '$."exception"."type"'), json_extract(l.detail, '$."exception"."message"'),
        json_extract(l.detail, '$."exception"."strict"'), json_extract(l.detail, '$."exception"."blame"'),
        json_extract(l.detail, '$."report"."tracker"'), json_extract(l.detail, '$."report"."kind"'),
        json_extract(l.detail, '$."report"."person"'),
        json_extract(l.attributes, '$."exception.type"'), json_extract(l.attributes, '$."exception.message"'),
        json_extract(l.attributes, '$."exception.stacktrace"'), substr(l.body, 1, 1000),
        coalesce(json_extract(l.attributes, '$."enduser.id"'), json_extract(l.attributes, '$."user.id"')),
        coalesce(json_extract(l.detail, '$."exception"'), json_extract(l.attributes, '$."exception.type"')) is not null,
        json_extract(l.detail, '$."report"."counter"')
      from log l left join log_join j on j.log = l.row
      where not exists (select 1 from log_copy c where c.log = l.row)
        and (l.severity >= 17 or l.detail like '%"exception"%')
      """)
    var parsed = ParsedTraces()
    while try rows.step() {
      let isTold = rows.int(18) == 1
      let kind = rows.text(11)
      let isTracked = !rows.text(10).isEmpty
      // Items are no events; what they count comes apart.
      if isTracked, !["occurrence", "event"].contains(kind) { continue }
      guard isTold == withException, let resource = resource(rows.int(0)),
        let place = catalog.place(rows.int(4))
      else { continue }
      let told = Told(trace: traceID(rows, 1), span: SpanID(UInt64(bitPattern: rows.int(3))))
      if isTold {
        explained.insert(told)
        explained.insert(Told(trace: told.trace, span: .absent))
      } else if !told.trace.isAbsent, explained.contains(told) {
        continue
      }
      let trace = parsed.facts(rows.text(15))
      let type = rows.isNull(6) ? rows.text(13) : rows.text(6)
      let message = rows.isNull(7) ? rows.text(14) : rows.text(7)
      let strict = UInt64(rows.text(8), radix: 16) ?? 0
      let who = rows.isNull(12) ? rows.text(17) : rows.text(12)
      body(
        ErrorEvent(
          source: isTracked ? .tracker : .log,
          time: rows.isNull(5) ? nil : Timestamp(rows.int(5)), service: resource.service,
          version: resource.version, host: resource.host, trace: told.trace, span: told.span,
          type: type, message: isTold ? message : rows.text(16),
          strict: strict == 0 ? trace.strict : strict,
          blame: rows.isNull(9) ? trace.blame : rows.text(9), person: person(who),
          item: isTracked ? TrackedItem.key(tracker: rows.text(10), number: rows.text(19)) : 0,
          place: place))
    }
  }

  /// Calls `body` with each item or issue of an error tracker; one of several exports comes several times.
  package func forEachTrackedItem(_ body: (TrackedItem) -> Void) throws(StoreError) {
    let keys = [
      "tracker", "kind", "counter", "id", "title", "status", "level", "environment", "count",
      "first_seen_ns", "last_seen_ns",
    ]
    do throws(SQLiteFault) {
      var rows = try connection.prepare(
        """
        select \(keys.map { "json_extract(detail, '$.\"report\".\"\($0)\"')" }.joined(separator: ", "))
        from log where detail like '%"report"%' and json_valid(detail)
        """)
      while try rows.step() {
        guard ["item", "issue"].contains(rows.text(1)) else { continue }
        let counter = rows.text(2)
        body(
          TrackedItem(
            tracker: rows.text(0), number: counter.isEmpty ? rows.text(3) : counter,
            title: rows.text(4), status: rows.text(5), level: rows.text(6),
            environment: rows.text(7), count: rows.isNull(8) ? nil : Int(clamping: rows.int(8)),
            firstNs: rows.isNull(9) ? nil : rows.int(9),
            lastNs: rows.isNull(10) ? nil : rows.int(10)))
      }
    } catch {
      throw StoreError(fault: error, path: catalog.path, doing: "while reading items of trackers")
    }
  }

  private func resource(_ row: Int64) -> Resource? {
    catalog.resourceIndex(row).map { catalog.resources[Int($0)] }
  }

  private func traceID(_ rows: borrowing RawStatement, _ column: Int32) -> TraceID {
    TraceID(
      high: UInt64(bitPattern: rows.int(column)), low: UInt64(bitPattern: rows.int(column + 1)))
  }

  /// Stands for a person: a hash of what names him.
  private func person(_ name: String) -> UInt64 {
    name.isEmpty ? 0 : max(1, stableHash(name.utf8, seed: 21))
  }
}

/// What stack traces say, each text parsed once.
private struct ParsedTraces {
  /// What is wanted of a trace.
  struct Facts {
    var type = ""
    var strict: UInt64 = 0
    var blame = ""
  }

  private var known: [String: Facts] = [:]

  mutating func facts(_ text: String) -> Facts {
    if text.isEmpty { return Facts() }
    if let facts = known[text] { return facts }
    var facts = Facts()
    if let record = ExceptionRecord(parsing: text) {
      facts.type = record.chain.first?.type ?? ""
      facts.strict = record.strictFingerprint
      facts.blame = record.blamed?.description ?? ""
    }
    // Texts without end, each another one, are not kept.
    if known.count < 10_000 { known[text] = facts }
    return facts
  }
}
