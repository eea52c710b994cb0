import Foundation
import Testing
import TraceIngest

struct ExceptionDetailTests {
  private func log(_ attributes: [(String, String)]) async throws -> ReadLog {
    let pairs = try attributes.map { key, value in
      let text = String(decoding: try JSONEncoder().encode(value), as: UTF8.self)
      return "{\"key\":\"\(key)\",\"value\":{\"stringValue\":\(text)}}"
    }
    let json =
      "{\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":[{\"timeUnixNano\":\"1767607200000000000\",\"attributes\":[\(pairs.joined(separator: ","))]}]}]}]}"
    return try #require(try await collect(bytes: Array(json.utf8)).logs.first)
  }

  @Test func `the exception of an OTLP log is read from its stack trace`() async throws {
    let stack = """
      Traceback (most recent call last):
        File "/srv/shop/stock.py", line 3, in take
          return STOCK[sku]
      KeyError: 'sku-4711'
      """
    let log = try await log([("exception.type", "KeyError"), ("exception.stacktrace", stack)])
    let detail = try #require(
      try JSONSerialization.jsonObject(with: Data(log.detail.utf8)) as? [String: [String: Any]])
    let exception = try #require(detail["exception"])
    #expect(exception["type"] as? String == "KeyError")
    #expect(exception["message"] as? String == "'sku-4711'")
    #expect(exception["language"] as? String == "python")
    #expect(exception["blame"] as? String == "take (/srv/shop/stock.py:3)")
    #expect((exception["strict"] as? String)?.utf8.count == 16)
    #expect((exception["loose"] as? String)?.utf8.count == 16)
    let parts = try #require(exception["parts"] as? [[String: Any]])
    let frames = try #require(parts.first?["frames"] as? [[String: Any]])
    #expect(frames.first?["line"] as? Int == 3)
    #expect(frames.first?["in_app"] as? Bool == true)
  }

  @Test func `an exception without a trace keeps type and message`() async throws {
    let log = try await log([("exception.type", "Refused"), ("exception.message", "no stock")])
    #expect(
      log.detail.hasPrefix(
        #"{"exception":{"type":"Refused","message":"no stock","language":"""#.dropLast(2)))
  }

  @Test func `a log without an exception has no detail`() async throws {
    #expect(try await log([("a", "b\nc")]).detail.isEmpty)
  }
}
