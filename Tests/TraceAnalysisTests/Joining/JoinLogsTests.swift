import Testing
import TraceAnalysis
import TraceModel

/// Joining by time and by request, on cases worked out by hand. Times in ms.
struct JoinLogsTests {
  private static let ms: Int64 = 1_000_000

  private func trace(_ number: UInt64) -> TraceID { TraceID(high: 7, low: number) }

  private func span(
    _ number: UInt64, _ start: Int64, _ end: Int64, operation: UInt32 = 1, host: UInt32 = 0,
    isError: Bool = false
  ) -> JoinSpan {
    JoinSpan(
      start: start * Self.ms + 7, end: end * Self.ms + 7, trace: trace(number), id: SpanID(number),
      operation: Symbol(operation), host: Symbol(host), isError: isError)
  }

  private func log(
    _ row: Int64, _ time: Int64, host: UInt32 = 0, severity: UInt8 = 9, template: UInt64 = 1,
    named: UInt64? = nil
  ) -> JoinLog {
    JoinLog(
      row: row, time: time * Self.ms + 8, host: Symbol(host), severity: severity,
      template: template,
      trace: named.map { trace($0) } ?? .absent, span: named.map { SpanID($0) } ?? .absent)
  }

  @Test func `a record belongs to the one request that runs, and to none where nothing runs`() {
    let service = JoinService(
      spans: [span(1, 0, 100), span(2, 1000, 1100)],
      logs: [log(1, 50), log(2, 1099), log(3, 500)])
    let joins = joinLogs([service]).joins
    #expect(joins.map(\.row) == [1, 2])
    #expect(joins.map(\.trace) == [trace(1), trace(2)])
    #expect(joins.allSatisfy { $0.method == .service && $0.confidence > 0.5 && $0.confidence < 1 })
  }

  @Test func `of two requests the one on the record's host is meant`() {
    let service = JoinService(
      spans: [span(1, 0, 100, host: 5), span(2, 0, 100, host: 6)],
      logs: [log(1, 99, host: 6)])
    let joins = joinLogs([service]).joins
    #expect(joins.map(\.trace) == [trace(2)] && joins.first?.method == .host)
  }

  @Test func `a failure is told by the failed request`() {
    let service = JoinService(
      spans: [span(1, 0, 100), span(2, 0, 100, isError: true)], logs: [log(1, 60, severity: 17)])
    #expect(joinLogs([service]).joins.map(\.trace) == [trace(2)])
  }

  @Test func `what messages were written in is learnt from records that name their span`() {
    // Template 9 is of operation 3, say 20 records; then one without ids while operations 2 and 3 run side by side.
    var spans: [JoinSpan] = []
    var logs: [JoinLog] = []
    for number in 0..<20 as Range<Int64> {
      spans.append(span(UInt64(100 + number), number * 1000, number * 1000 + 100, operation: 3))
      logs.append(log(number, number * 1000 + 50, template: 9, named: UInt64(100 + number)))
    }
    spans += [span(1, 50_000, 50_100, operation: 2), span(2, 50_000, 50_100, operation: 3)]
    logs.append(log(99, 50_050, template: 9))
    let joins = joinLogs([JoinService(spans: spans, logs: logs)]).joins
    #expect(joins.map(\.row) == [99] && joins.first?.trace == trace(2))
    #expect((joins.first?.confidence ?? 0) > 0.8)
  }

  @Test func `of equals none is joined`() {
    let spans = (1...4).map { span(UInt64($0), 0, 100) }
    #expect(joinLogs([JoinService(spans: spans, logs: [log(1, 50)])]).joins.isEmpty)
  }

  @Test func `what is written as often while nothing runs belongs to no request`() {
    // Spans run a tenth of the time; forty records every 25 ms meet them as chance has it, and name nothing.
    let spans = (0..<10).map { span(UInt64($0 + 1), Int64($0) * 1000, Int64($0) * 1000 + 100) }
    let logs = (0..<400).map { log(Int64($0), Int64($0) * 25 + 3, template: 4) }
    #expect(joinLogs([JoinService(spans: spans, logs: logs)]).joins.isEmpty)
  }

  @Test func `a time that was cut to seconds reaches forward by one`() {
    var cut = log(1, 0)
    cut.time = 5_000_000_000
    let service = JoinService(spans: [span(1, 5400, 5900)], logs: [cut])
    #expect(joinLogs([service]).joins.map(\.trace) == [trace(1)])
  }

  @Test func `the order of the input decides nothing`() {
    var spans: [JoinSpan] = []
    var logs: [JoinLog] = []
    for number in 0..<60 as Range<Int64> {
      spans.append(span(UInt64(number + 1), number * 40, number * 40 + 100))
      logs.append(log(number, number * 40 + 99, named: number % 2 == 0 ? UInt64(number + 1) : nil))
    }
    let once = joinLogs([JoinService(spans: spans, logs: logs)])
    let again = joinLogs([JoinService(spans: spans.reversed(), logs: logs.reversed())])
    #expect(once.joins == again.joins && !once.joins.isEmpty)
    #expect(once.calibration.count == 30)
  }

  @Test func `requests tie records together unless they speak of two traces`() {
    let joins = joinByRequest(
      [(1, 10), (2, 11), (3, 12)],
      named: [
        (10, trace(1), SpanID(1)), (10, trace(1), SpanID(2)), (11, trace(1), SpanID(1)),
        (11, trace(2), SpanID(2)),
      ])
    #expect(joins.map(\.row) == [1] && joins.first?.method == .requestID)
    #expect(joins.first?.span.isAbsent == true, "its spans differ")
    // 0.98 by the weight of fifty, and one of two that held.
    #expect(abs((joins.first?.confidence ?? 0) - (1 + 49) / 52) < 1e-9)
  }
}
