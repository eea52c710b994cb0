package import TraceModel

extension TraceReader {
  /// Calls `body` with each trace that a back end sums up; one of several answers comes several times.
  ///
  /// - Complexity: one pass over answers.
  package func forEachTraceSummary(_ body: (TraceSummary) -> Void) throws(StoreError) {
    try answering { () throws(SQLiteFault) in
      var rows = try connection.prepare(
        """
        select trace_hi, trace_lo, json_extract(content, '$.HasFault'), json_extract(content, '$.HasError'),
          json_extract(content, '$.HasThrottle'), json_extract(content, '$.ResponseTime'),
          json_extract(content, '$.FaultRootCauses[0].Services[#-1].Name')
        from (\(TraceReader.summaries)) where trace_lo is not null
        """)
      while try rows.step() {
        // Seconds; more than a year is no response time.
        let seconds = rows.double(5)
        let isTime = !rows.isNull(5) && seconds >= 0 && seconds < 31_536_000
        body(
          TraceSummary(
            trace: TraceID(
              high: UInt64(bitPattern: rows.int(0)), low: UInt64(bitPattern: rows.int(1))),
            hasFault: rows.int(2) == 1, hasError: rows.int(3) == 1 || rows.int(4) == 1,
            responseTime: isTime ? Int64((seconds * 1e9).rounded()) : nil, rootCause: rows.text(6)))
      }
    }
  }

  /// How many different users such summaries name.
  package func summarizedUsers() throws(StoreError) -> Int {
    try answering { () throws(SQLiteFault) in
      Int(
        clamping: try connection.int(
          """
          select count(distinct json_extract(u.value, '$.UserName'))
          from (\(TraceReader.summaries)) a, json_each(a.content, '$.Users') u where u.type = 'object'
          """))
    }
  }

  /// Keys of annotations in such summaries, with the number of traces that have them: the ten most frequent, then by name.
  package func summarizedAnnotations() throws(StoreError) -> [(key: String, traces: Int)] {
    try answering { () throws(SQLiteFault) in
      var rows = try connection.prepare(
        """
        select k.key, count(distinct printf('%016x%016x', a.trace_hi, a.trace_lo))
        from (\(TraceReader.summaries)) a, json_each(a.content, '$.Annotations') k
        where k.key is not null group by k.key order by 2 desc, 1 limit 10
        """)
      var keys: [(key: String, traces: Int)] = []
      while try rows.step() { keys.append((rows.text(0), Int(clamping: rows.int(1)))) }
      return keys
    }
  }

  private static let summaries = """
    select trace_hi, trace_lo, case when json_valid(content) then content else '{}' end as content
    from answer where kind = (select id from name where text = 'trace_summary')
    """

  private func answering<R>(_ body: () throws(SQLiteFault) -> R) throws(StoreError) -> R {
    do throws(SQLiteFault) {
      return try body()
    } catch {
      throw StoreError(
        fault: error, path: catalog.path, doing: "while reading what a back end says")
    }
  }
}
