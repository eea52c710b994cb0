import Foundation
import Testing
import TraceEngine
import TraceReport
import TraceSimulator

/// Log records listed and counted, of a store that holds no span at all.
struct ListLogsTests {
  /// A record every 10 s from 2023-11-14T22:13:20Z on; every third is an error, of one trace.
  private static func lines(_ count: Int) -> String {
    (0..<count).map { index in
      let time = 1_700_000_000 + index * 10
      let ids =
        index % 3 == 0
        ? #","traceId":"0af7651916cd43dd8448eb211c80319c","spanId":"b7ad6b7169203331""# : ""
      return
        #"{"resourceLogs":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"\#(index % 2 == 0 ? "shop" : "bank")"}}]},"#
        + #""scopeLogs":[{"logRecords":[{"timeUnixNano":"\#(time)000000000","severityNumber":\#(index % 3 == 0 ? 17 : 9),"#
        + #""body":{"stringValue":"Order \#(index) done"}\#(ids)}]}]}]}"#
    }.joined(separator: "\n") + "\n"
  }

  private func table(
    _ count: Int = 30, limit: Int = 100, width: String? = nil, counts: Bool = false,
    since: String? = nil, _ change: (inout LogListRequest) -> Void = { _ in }
  ) async throws -> Table {
    let bench = try Workbench()
    let place = try bench.write(
      [.init(name: "a.jsonl", bytes: Array(Self.lines(count).utf8))], to: "logs")
    let store = try await OpenedStore.open([place], format: nil, workers: 1, progress: nil)
    var request = LogListRequest(
      store: store, window: WindowOption(since: since, until: nil, around: nil), limit: limit)
    change(&request)
    return try counts ? countLogs(request, width: width) : listLogs(request)
  }

  private func texts(_ table: Table, _ key: String) -> [String] {
    guard let column = table.columns.firstIndex(where: { $0.key == key }) else { return [] }
    return table.rows.map { row in
      switch row[column] {
      case .text(let text), .word(let text, _): text
      case .count(let count): "\(count)"
      case .moment(let moment): moment.map { "\($0 / 1_000_000_000)" } ?? ""
      default: "?"
      }
    }
  }

  @Test func `filters narrow the list, and the total says how many fit`() async throws {
    let all = try await table(limit: 4)
    #expect(all.rows.count == 4 && all.total == 30)
    #expect(texts(all, "body") == (0..<4).map { "Order \($0) done" })
    let some = try await table {
      $0.services = ["shop"]
      $0.severity = "Error"
      $0.text = "ORDER"
    }
    #expect(texts(some, "body") == [0, 6, 12, 18, 24].map { "Order \($0) done" })
    #expect(try await table { $0.services = ["shop", "bank"] }.total == 30)
    #expect(try await table { $0.severity = "18" }.total == 0)
  }

  @Test func `times count back from the last record where there is no span`() async throws {
    let last = try await table(since: "20s")
    #expect(texts(last, "body") == (27..<30).map { "Order \($0) done" })
    #expect(texts(last, "time_ns").first == "1700000270")
  }

  @Test(arguments: [
    "0af7651916cd43dd8448eb211c80319c", "0AF76519", "1-0af76519-16cd43dd8448eb211c80319c",
  ])
  func `a trace is found by its id in any form and by its first digits`(id: String) async throws {
    #expect(try await table { $0.trace = id }.total == 10)
    let whole = try await table(limit: 1) {
      $0.span = "b7ad6b7169203331"
      $0.isForPeople = false
    }
    #expect(whole.total == 10 && texts(whole, "joined_by") == ["ids"])
    #expect(texts(whole, "trace_id") == ["0af7651916cd43dd8448eb211c80319c"])
  }

  @Test func `bins are aligned, leave no gap and hold every record once`() async throws {
    let table = try await table(width: "1m", counts: true)
    #expect(texts(table, "from_ns").first == "1699999980" && table.rows.count == 6)
    // 22:13:20 and every 10 s: 4 in the first minute, then 6 a minute.
    #expect(texts(table, "records_count") == ["4", "6", "6", "6", "6", "2"])
    #expect(texts(table, "error_count").compactMap { Int($0) }.reduce(0, +) == 10)
    let fine = try await self.table(4, width: "5s", counts: true)
    #expect(texts(fine, "records_count") == ["1", "0", "1", "0", "1", "0", "1"])
    let fitting = try await self.table(limit: 20, counts: true)
    #expect(fitting.rows.count == 20 && texts(fitting, "from_ns")[1] == "1700000010")
  }

  @Test func `what cannot be meant is said`() async throws {
    func sentence(_ change: (inout LogListRequest) -> Void, width: String? = nil) async -> String {
      do {
        _ = try await table(width: width, counts: width != nil, change)
        return ""
      } catch let error as EngineError {
        return error.sentence
      } catch {
        return "\(error)"
      }
    }
    #expect(
      await sentence { $0.services = ["sohp"] }
        == "no service 'sohp' in the data; it has bank, shop")
    #expect(await sentence { $0.severity = "loud" }.hasPrefix("'--severity loud' is no severity"))
    #expect(await sentence { $0.trace = "ffff" }.hasPrefix("no log record names or was joined to"))
    #expect(await sentence({ _ in }, width: "1").hasPrefix("'--bin 1' is not a duration"))
    #expect(await sentence({ _ in }, width: "1ms").contains("makes 290001 bins"))
  }
}
