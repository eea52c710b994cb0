package import TraceModel

extension TraceReader {
  /// How spans and log records of the store hang together.
  ///
  /// - Complexity: one pass over spans and one over log records.
  package func links() throws(StoreError) -> DataLinks {
    do throws(SQLiteFault) {
      var links = DataLinks()
      links.services = try services()
      links.logs = try connection.int("select count(*) from log")
        .clamped
      links.logsWithoutTrace = try connection.int(
        "select count(*) from log where trace_lo is null"
      ).clamped
      links.logsJoined = try connection.int("select count(*) from log_join").clamped
      links.logsOfMissingTraces = try sum(
        """
        from log t where trace_lo is not null and not exists (select 1 from run r where r.trace_lo = t.trace_lo)
        """)
      links.shortTraceIDs = try sum(
        "from (select distinct trace_hi, trace_lo from run where trace_hi = 0) t")
      // `th:0` keeps everything.
      links.thresholdSampled = try sum(
        """
        \(Schema.spansWithRuns) where u.trace_lo is not null and detail like '%ot=%th:%' and json_valid(detail)
        and json_extract(detail, '$."trace_state"') like '%ot=%th:%'
        and json_extract(detail, '$."trace_state"') not like '%th:0,%'
        and json_extract(detail, '$."trace_state"') not like '%th:0;%'
        and json_extract(detail, '$."trace_state"') not like '%th:0'
        """)
      links.samplerNamed = try sum(
        """
        \(Schema.spansWithRuns) where u.trace_lo is not null and (attributes like '%"sampling.%' or attributes like '%"sampler.%'
        or attributes like '%"aws.xray.sampling%')
        """)
      return links
    } catch {
      throw StoreError(
        fault: error, path: catalog.path, doing: "while counting what hangs together")
    }
  }

  /// Services by name, with the number of their spans and log records.
  private func services() throws(SQLiteFault) -> [DataLinks.Service] {
    var statement = try connection.prepare(
      """
      select r.service, sum(c.spans), sum(c.logs) from (
        select resource, spans, 0 as logs
        from (select series, count(*) as spans from span group by series) s join series t on t.id = s.series
        union all select resource, 0, count(*) from log group by resource) c
      join resource r on r.id = c.resource group by r.service order by r.service
      """)
    var services: [DataLinks.Service] = []
    while try statement.step() {
      services.append(
        DataLinks.Service(
          name: statement.text(0), spans: statement.int(1).clamped, logs: statement.int(2).clamped))
    }
    return services
  }

  /// How many rows there are, and the smallest trace id of them.
  private func sum(_ from: String) throws(SQLiteFault) -> DataLinks.Sum {
    var statement = try connection.prepare(
      "select count(*), min(printf('%016x%016x', trace_hi, trace_lo)) \(from)")
    guard try statement.step() else { return DataLinks.Sum() }
    return DataLinks.Sum(count: statement.int(0).clamped, example: statement.text(1))
  }
}

extension Int64 {
  /// The number as an `Int` that is not negative.
  fileprivate var clamped: Int { Int(clamping: Swift.max(0, self)) }
}
