package import TraceModel

extension TraceReader {
  /// Calls `body` with each invocation that log records report, in no order; one of several exports comes once.
  ///
  /// - Complexity: one pass over the details of log records.
  package func forEachInvocation(_ body: (Invocation) -> Void) throws(StoreError) {
    let keys = ["duration_ms", "init_ms", "memory_mb", "used_mb", "status", "error_type"]
    do throws(SQLiteFault) {
      var rows = try connection.prepare(
        """
        select l.resource, coalesce(l.time_ns, l.observed_ns), coalesce(l.trace_hi, j.trace_hi),
          coalesce(l.trace_lo, j.trace_lo), coalesce(l.span, j.span),
          \(keys.map { "json_extract(l.detail, '$.\"invocation\".\"\($0)\"')" }.joined(separator: ", "))
        from log l left join log_join j on j.log = l.row
        where l.detail like '%"invocation"%' and json_valid(l.detail)
          and json_type(l.detail, '$."invocation"."duration_ms"') is not null
          and not exists (select 1 from log_copy c where c.log = l.row)
        """)
      while try rows.step() {
        guard let resource = catalog.resourceIndex(rows.int(0)) else { continue }
        func milliseconds(_ column: Int32) -> Nanoseconds? {
          let value = rows.double(column)
          guard !rows.isNull(column), value >= 0, value < 1e12 else { return nil }
          return Int64((value * 1_000_000).rounded())
        }
        func whole(_ column: Int32) -> Int? {
          rows.isNull(column) ? nil : Int(exactly: rows.double(column).rounded())
        }
        body(
          Invocation(
            service: catalog.resources[Int(resource)].service,
            time: rows.isNull(1) ? nil : Timestamp(rows.int(1)),
            trace: TraceID(
              high: UInt64(bitPattern: rows.int(2)), low: UInt64(bitPattern: rows.int(3))),
            span: SpanID(UInt64(bitPattern: rows.int(4))), duration: milliseconds(5),
            initialization: milliseconds(6), memoryMB: whole(7), usedMB: whole(8),
            status: rows.text(9), errorType: rows.text(10)))
      }
    } catch {
      throw StoreError(fault: error, path: catalog.path, doing: "while reading invocations")
    }
  }
}
