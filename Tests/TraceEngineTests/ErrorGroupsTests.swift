import Foundation
import TraceAnalysis
import TraceEngine
import TraceModel
import TraceReport
import TraceSimulator
import Testing

struct ErrorGroupsTests {
  private func file(_ name: String, _ text: String) -> Incident.File {
    Incident.File(name: name, bytes: Array(text.utf8))
  }

  /// A trace of two spans that fail with the same exception on its way up, as JSON of OTLP.
  private func trace(_ number: Int, at second: Int) -> String {
    let start = 1_772_445_600 + second
    func span(_ id: String, _ parent: String, _ name: String, _ kind: Int, _ stack: String)
      -> String
    {
      """
      {"traceId":"5b8aa5a2d2c872e8321cf373\(String(10_000_000 + number))","spanId":"\(id)","parentSpanId":"\(parent)","name":"\(name)","kind":\(kind),"startTimeUnixNano":"\(start)000000000","endTimeUnixNano":"\(start)900000000","status":{"code":2},"attributes":[{"key":"enduser.id","value":{"stringValue":"u\(number % 2)"}}],"events":[{"name":"exception","timeUnixNano":"\(start)800000000","attributes":[{"key":"exception.type","value":{"stringValue":"KeyError"}},{"key":"exception.message","value":{"stringValue":"'sku-\(number)'"}},{"key":"exception.stacktrace","value":{"stringValue":"\(stack)"}}]}]}
      """
    }
    let inner =
      #"  File \"/srv/app/prices.py\", line 17, in find\n    return rows[key]\nKeyError: 'x'"#
    let outer = #"  File \"/srv/app/cart.py\", line 42, in pay\n    find(sku)\n"#
    let head = #"Traceback (most recent call last):\n"#
    return """
      {"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}},{"key":"service.version","value":{"stringValue":"2.\(number % 2)"}}]},"scopeSpans":[{"spans":[\(span("00000000000000a1", "", "POST /pay", 2, head + outer + inner)),\(span("00000000000000a2", "00000000000000a1", "find", 1, head + inner))]}]}]}
      """
  }

  @Test func `span, log record and Rollbar's occurrence of one failure are one group of one frame`()
    async throws
  {
    let bench = try Workbench()
    let traces = (0..<6).map { trace($0, at: 100 * $0) }.joined(separator: "\n")
    let log = """
      {"time":"2026-03-02T10:00:00.850Z","level":"error","msg":"cannot pay","service":"shop","trace_id":"5b8aa5a2d2c872e8321cf37310000000","span_id":"00000000000000a1","exc_info":"Traceback (most recent call last):\\n  File \\"/srv/app/cart.py\\", line 42, in pay\\n    find(sku)\\n  File \\"/srv/app/prices.py\\", line 17, in find\\n    return rows[key]\\nKeyError: 'sku-0'"}
      """
    let items = """
      {"err":0,"result":{"items":[{"id":77,"counter":12,"title":"KeyError: 'sku-99'","status":"active","level":40,"environment":"production","total_occurrences":44,"first_occurrence_timestamp":1772445000,"last_occurrence_timestamp":1772446200}]}}
      """
    let input = try bench.write(
      [file("traces.jsonl", traces), file("log.jsonl", log), file("items.json", items)], to: "in")
    let found = try await bench.findings(of: [input])
    let group = try #require(found.exceptions.first)
    #expect(found.exceptions.count == 1, "\(found.exceptions.map(\.title))")
    #expect(group.count == 6 && group.traces == 6 && group.failedRequests == 6)
    #expect(group.people == 2 && group.sources == ["span", "log"])
    #expect(group.blame.contains("prices.py:17"))
    #expect(group.versions.map(\.count) == [3, 3])
    #expect(group.items.map(\.number) == ["12"] && found.otherItems.isEmpty)
    let again = try await bench.findings(of: [input], workers: 5, store: "t.db")
    #expect(differences(found.withoutPlaces, again.withoutPlaces).isEmpty)
  }

  @Test func `a folder of logs alone gets its verdict from them and says what they cannot tell`()
    async throws
  {
    let bench = try Workbench()
    let lines = (0..<40).map { number -> String in
      let time = "2026-03-02 10:\(number < 10 ? "0" : "")\(number):00,125"
      if number < 20 { return "\(time) INFO shop.cart order \(number) taken" }
      return """
        \(time) ERROR shop.cart cannot pay
        Traceback (most recent call last):
          File "/srv/app/prices.py", line 17, in find
            return rows[key]
        KeyError: 'sku-\(number)'
        """
    }
    let input = try bench.write([file("shop.log", lines.joined(separator: "\n") + "\n")], to: "in")
    let found = try await bench.findings(of: [input])
    #expect(found.exceptions.map(\.count) == [20])
    #expect(found.exceptions.first?.isNew == true)
    #expect(found.verdict.kind == .errors)
    #expect(found.verdict.headline.contains("KeyError: '…', 20 times"))
    #expect(found.verdict.lines.contains { $0.contains("prices.py:17") })
    #expect(found.verdict.lines.contains { $0.contains("no traces") })
    #expect(renderMarkdown(found, options: RenderOptions()).contains("KeyError"))
  }

  @Test func `what X-Ray says of traces stands beside what their spans say`() async throws {
    let bench = try Workbench()
    func segment(_ number: Int, fault: Bool) -> String {
      """
      {"trace_id":"1-69a55fe0-00000000000000000000000\(number)","id":"000000000000000\(number)","name":"shop","start_time":1772445600.0,"end_time":1772445600.5,"fault":\(fault)}
      """
    }
    func summary(_ number: Int, fault: Bool, time: Double) -> String {
      """
      {"Id":"1-69a55fe0-00000000000000000000000\(number)","HasFault":\(fault),"HasError":false,"HasThrottle":false,"ResponseTime":\(time),"Duration":\(time),"Annotations":{"Shop":[{"AnnotationValue":{"StringValue":"a"}}]},"Users":[{"UserName":"u\(number % 2)"}]}
      """
    }
    let summaries = [
      summary(1, fault: true, time: 0.5), summary(2, fault: true, time: 0.504),
      summary(3, fault: false, time: 0.9), summary(4, fault: false, time: 0.5),
    ]
    let input = try bench.write(
      [
        file(
          "segments.jsonl",
          [segment(1, fault: true), segment(2, fault: false), segment(3, fault: false)].joined(
            separator: "\n")),
        file("summaries.json", "{\"TraceSummaries\":[\(summaries.joined(separator: ","))]}"),
      ], to: "in")
    let found = try #require(try await bench.findings(of: [input]).backEnd)
    #expect(found.summaries == 4 && found.requests == 3)
    #expect(found.failures == .init(agree: 2, of: 3) && found.times == .init(agree: 2, of: 3))
    #expect(
      found.disagreements.map { "\($0.subject) \($0.trace.suffix(1)) \($0.theirs) \($0.ours)" } == [
        "failure 2 failed did not fail", "time 3 900000000 500000000",
      ])
    #expect(found.users == 2 && found.annotations == [.init(name: "Shop", count: 4)])
  }

  @Test func `what Lambda reports of an invocation stands at its span`() async throws {
    let bench = try Workbench()
    let segment = """
      {"trace_id":"1-69a55fe0-000000000000000000000001","id":"00000000000000a1","name":"resize","origin":"AWS::Lambda::Function","start_time":1772445600.0,"end_time":1772445600.9,"fault":true}
      """
    let report = #"""
      REPORT RequestId: 8286a188-ba32-4475-8077-530cd35c09a9\tDuration: 812.50 ms\tBilled Duration: 813 ms\tMemory Size: 128 MB\tMax Memory Used: 127 MB\tInit Duration: 210.30 ms\t\nXRAY TraceId: 1-69a55fe0-000000000000000000000001\tSegmentId: 00000000000000a1\tSampled: true\t\n
      """#
    let events = """
      {"events":[{"logStreamName":"2026/03/02/[$LATEST]4e1f","timestamp":1772445600950,"message":"\(report)","ingestionTime":1772445601000,"eventId":"1"}],"searchedLogStreams":[]}
      """
    let input = try bench.write(
      [file("segments.jsonl", segment), file("events.json", events)], to: "in")
    let found = try await bench.findings(of: [input])
    let row = try #require(found.exemplars.first?.rows.first)
    func fact(_ key: String) -> String? {
      row.attributes.first { $0.first == "invocation.\(key)" }?.last
    }
    #expect(fact("duration_ms") == "812.5" && fact("init_ms") == "210.3")
    #expect(fact("memory_mb") == "128" && fact("used_mb") == "127")
    #expect(row.attributes.map { $0[0] } == row.attributes.map { $0[0] }.sorted())
    #expect(found.invocations.map(\.coldStarts) == [1])
  }
}
