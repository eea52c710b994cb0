import Foundation
import Testing
import TraceIngest
import TraceModel

/// Lines that belong together become one record; nothing is lost, however the bytes are cut.
@Suite struct TextTests {
  private static let python = """
    Traceback (most recent call last):
      File "/srv/app.py", line 3, in load
        return cart[sku]
               ~~~~^^^^^
    KeyError: 'sku'
    """
  private static let java = """
    java.lang.IllegalStateException: no stock
    \tat com.shop.Cart.load(Cart.java:12)
    \tat com.shop.Cart.main(Cart.java:4)
    Caused by: java.io.IOException: closed
    \tat com.shop.Stock.read(Stock.java:7)
    \t... 2 more
    """

  private func read(
    _ text: String, name: String = "app.log", chunkBytes: Int = 4 << 20, format: String? = "logs",
    workers: Int = 1
  ) async throws -> [ReadLog] {
    let read = try await collect(
      bytes: Array(text.utf8), name: name, workers: workers, chunkBytes: chunkBytes,
      format: format.flatMap { Format.named($0) })
    #expect(read.addsUp)
    return read.logs
  }

  @Test(arguments: [python, java])
  func `a trace folds into the record before it, and the next line starts a new one`(
    trace: String
  ) async throws {
    let logs = try await read(
      """
      2026-01-05 10:00:00,000 INFO cart started
      2026-01-05 10:00:01,000 ERROR cart failed
      \(trace)
      2026-01-05 10:00:02,000 INFO cart goes on

      """)
    #expect(logs.map(\.body) == ["cart started", "cart failed\n\(trace)", "cart goes on"])
    #expect(logs.map(\.row.severity) == [9, 17, 9])
    // The folded text's exception stands in the detail.
    let detail = try JSONSerialization.jsonObject(with: Data(logs[1].detail.utf8))
    let exception = try #require((detail as? [String: Any])?["exception"] as? [String: Any])
    let type = try #require(exception["type"] as? String)
    #expect(["KeyError", "java.lang.IllegalStateException"].contains(type))
    #expect(logs[0].detail.contains("exception") == false)
  }

  @Test func `a trace without a header is a record of its own, and so is what follows it`()
    async throws
  {
    let logs = try await read("listening on 8080\n\(Self.python)\nlistening again\n")
    #expect(logs.map(\.body) == ["listening on 8080", Self.python, "listening again"])
    #expect(logs.allSatisfy { $0.row.time == 0 })
  }

  @Test func `indented lines and closing brackets go on, a plain line does not`() async throws {
    let logs = try await read(
      """
      2026-01-05T10:00:00Z INFO config {
        "a": 1
      }
      done
      2026-01-05T10:00:01Z INFO next

      """)
    #expect(logs.map(\.body) == ["config {\n  \"a\": 1\n}", "done", "next"])
    // The plain line was written after the one before it.
    #expect(logs[1].row.time == 0 && logs[1].row.observed == logs[0].row.time)
  }

  @Test func `header and body are the line as it was written`() async throws {
    let line = "2026-01-05T10:00:00.123Z  INFO 1 --- [main] c.e.Cart   : it works"
    let logs = try await read(line + "\n")
    let header = try #require(
      try JSONSerialization.jsonObject(with: Data(logs[0].detail.utf8)) as? [String: Any])
    #expect((header["header"] as? String ?? "") + logs[0].body == line)
  }

  @Test func `PostgreSQL's details go to the record of their process`() async throws {
    let logs = try await read(
      """
      2026-01-05 10:00:00.100 UTC [42] ERROR:  duplicate key
      2026-01-05 10:00:00.101 UTC [43] ERROR:  no table
      2026-01-05 10:00:00.102 UTC [42] DETAIL:  Key (id)=(1) exists.
      2026-01-05 10:00:00.103 UTC [43] STATEMENT:  select
      \tfrom t
      2026-01-05 10:00:00.104 UTC [42] STATEMENT:  insert
      2026-01-05 10:00:01.300 UTC [44] LOG:  checkpoint

      """)
    #expect(
      logs.map(\.body) == [
        "duplicate key\nDETAIL:  Key (id)=(1) exists.\nSTATEMENT:  insert",
        "no table\nSTATEMENT:  select\n\tfrom t", "checkpoint",
      ])
  }

  @Test func `a trace of which Android writes every line with a header is one record`()
    async throws
  {
    let logs = try await read(
      """
      01-05 10:00:00.100  1702  1702 E AndroidRuntime: FATAL EXCEPTION: main
      01-05 10:00:00.100  1702  1702 E AndroidRuntime: java.lang.NullPointerException: x
      01-05 10:00:00.101  2000  2001 I Other: works
      01-05 10:00:00.101  1702  1702 E AndroidRuntime: \tat com.shop.Cart.load(Cart.java:12)
      01-05 10:00:00.102  1702  1702 I Process: Sending signal

      """)
    #expect(
      logs.map(\.body) == [
        "FATAL EXCEPTION: main\njava.lang.NullPointerException: x\n\tat com.shop.Cart.load(Cart.java:12)",
        "works", "Sending signal",
      ])
  }

  @Test func `the console of .NET writes the message below its header`() async throws {
    let logs = try await read(
      """
      fail: Shop.Cart[14]
            it broke
            System.InvalidOperationException: no stock
               at Shop.Cart.Load() in /src/Cart.cs:line 12
      info: Shop.Cart[0]
            it works

      """)
    #expect(logs.map(\.row.severity) == [17, 9])
    #expect(logs[0].body.hasPrefix("it broke\n") && logs[1].body == "it works")
    #expect(logs.allSatisfy { $0.attributes == #"{"logger":"Shop.Cart"}"# })
  }

  @Test func `what exceeds the limits of a record starts a new one, and is counted`() async throws {
    let lines = (0..<4500).map { "  line \($0)" }.joined(separator: "\n")
    let read = try await collect(
      bytes: Array("2026-01-05T10:00:00Z INFO a\n\(lines)\n".utf8), name: "a.log")
    #expect(read.count(.longRecord) == 2 && read.logs.count == 3)
    let kept = read.logs.reduce(0) { $0 + $1.body.split(separator: "\n").count }
    #expect(kept == 4501)
  }

  @Test func `a message whose line breaks were escaped is one record, as it was written`()
    async throws
  {
    let text = Self.python.replacingOccurrences(of: "\n", with: "\\n")
    let logs = try await read("2026-01-05T10:00:00Z ERROR failed\\n\(text)\n")
    #expect(logs.count == 1 && logs[0].body == "failed\\n\(text)")
    #expect(logs[0].detail.contains(#""type":"KeyError""#))
  }

  @Test func `bytes that are no text are replaced and counted`() async throws {
    let read = try await collect(
      bytes: Array("2026-01-05T10:00:00Z INFO caf".utf8) + [0xe9, 0x0a], name: "a.log")
    #expect(read.logs.map(\.body) == ["caf\u{fffd}"] && read.count(.repairedText) == 1)
  }

  @Test func `JSON behind a header is the record, with the header's time and level`() async throws {
    let logs = try await read(
      "2026-01-05T10:00:00Z WARN {\"message\":\"it broke\",\"sku\":7}\n")
    #expect(logs.map(\.body) == ["it broke"] && logs[0].row.severity == 13)
    #expect(logs[0].row.time == 1_767_607_200_000_000_000)
    #expect(logs[0].detail == #"{"header":"2026-01-05T10:00:00Z WARN "}"#)
  }

  @Test func `years step over New Year, and are counted as assumed`() async throws {
    let read = try await collect(
      bytes: Array(
        """
        E1231 23:59:59.900000   42 a.go:1] last
        E0101 00:00:00.100000   42 a.go:1] first

        """.utf8), name: "a.log")
    #expect(read.logs.map(\.body) == ["last", "first"])
    let times = read.logs.map(\.row.time)
    #expect(times[1] - times[0] == 200_000_000)
    #expect(read.count(.assumedYear) == 2 && read.count(.assumedZone) == 2)
  }

  // MARK: Cuts

  private static var mixed: String {
    var text = ""
    for i in 0..<12 {
      text += "2026-01-05 10:00:\(10 + i),123 [worker-\(i)] ERROR c.e.Cart - broke \(i)\n"
      text += (i % 2 == 0 ? python : java) + "\n"
      text +=
        "2026-01-05 10:00:\(10 + i),500 [worker-\(i)] INFO c.e.Cart - works \(i)\nplain \(i)\n"
    }
    return text
  }

  @Test(arguments: [1, 7, 40, 100, 333, 1000])
  func `chunks of any size give the same records`(size: Int) async throws {
    let whole = try await read(Self.mixed)
    #expect(whole.count == 36)
    #expect(try await read(Self.mixed, chunkBytes: size, workers: 3) == whole)
  }

  private static var mixedJSON: String {
    var text = "> node server.js\n\n"
    for i in 0..<12 {
      text += "{\"level\":\"info\",\"time\":176760720\(1000 + i),\"msg\":\"works \(i)\"}\n"
      text += (i % 2 == 0 ? python : java) + "\n"
      if i % 3 == 0 { text += "[nodemon] restarting\n{\n  a: 1,\n}\n" }
    }
    return text
  }

  @Test(arguments: [1, 7, 40, 100, 333, 1000, 4 << 20])
  func `text among lines of JSON is folded the same, however they are cut`(
    size: Int
  ) async throws {
    let logs = try await read(Self.mixedJSON, chunkBytes: size, format: nil, workers: 3)
    #expect(logs.count == 1 + 24 + 8)
    #expect(logs.filter { $0.body == Self.python }.count == 6)
    #expect(logs.filter { $0.body == Self.java }.count == 6)
    #expect(logs.filter { $0.body == "{\n  a: 1,\n}" }.count == 4)
    #expect(logs.filter { $0.body.hasPrefix("works") }.count == 12)
  }

  @Test func `lines of JSON that were cut at either end are counted as broken, text is not`()
    async throws
  {
    let text = """
      {"level":"info","msg":"a"}
      {"level":"info","msg":"cu
      vel":"info","msg":"rest"}
      Server is ready {"port": 80, and more
      {"level":"info","msg":"b"} (slow)
      api | {"level":"info","msg":"c"}
      {"level":"info","msg":"d"

      """
    let read = try await collect(bytes: Array(text.utf8), name: "a.log")
    #expect(read.summary.formatName == "json-logs")
    #expect(
      read.logs.map(\.body) == [
        "a", "Server is ready {\"port\": 80, and more", "b", "(slow)", "c",
      ])
    #expect(read.count(.brokenRecord) == 3)
    #expect(read.logs[4].detail == #"{"header":"api | "}"#)
  }

  // MARK: Containers

  @Test(arguments: ["docker", "cri", "compose"])
  func `fifty traces of two containers' outputs that interleave come out whole`(
    runtime: String
  ) async throws {
    // Two outputs each write traces line by line, a line of one after a line of the other.
    var outputs: [[String]] = [[], []]
    for i in 0..<50 {
      let trace = i % 4 < 2 ? Self.python : Self.java
      outputs[i % 2] += ["\(trace)".split(separator: "\n").map(String.init)].flatMap { $0 }
      outputs[i % 2].append("ready \(i)")
    }
    var text = ""
    for i in 0..<max(outputs[0].count, outputs[1].count) {
      for output in 0...1 where i < outputs[output].count {
        let name = output == 0 ? "stdout" : "stderr"
        let time =
          "2026-01-05T10:10:\(10 + i / 50).\(100_000_000 + i % 50 * 10_000_000 + output * 1000)Z"
        let line = outputs[output][i]
        if runtime == "compose" {
          // Two containers in one stream of `docker compose logs`.
          text += "\(output == 0 ? "shop-1" : "payment-1")  | \(line)\n"
        } else if runtime == "cri" {
          text += "\(time) \(name) F \(line)\n"
        } else {
          let escaped = line.replacingOccurrences(of: "\"", with: "\\\"")
            .replacingOccurrences(of: "\t", with: "\\t")
          text += "{\"log\":\"\(escaped)\\n\",\"stream\":\"\(name)\",\"time\":\"\(time)\"}\n"
        }
      }
    }
    for size in [300, 4 << 20] {
      let logs = try await read(text, name: "c.log", chunkBytes: size, format: nil, workers: 2)
      if runtime == "compose" {
        #expect(Set(logs.map(\.service)) == ["shop", "payment"])
      }
      #expect(logs.filter { $0.body == Self.python }.count == 26)
      #expect(logs.filter { $0.body == Self.java }.count == 24)
      #expect(logs.filter { $0.body.hasPrefix("ready") }.count == 50 && logs.count == 100)
    }
  }

  // MARK: What is no log

  @Test(arguments: [
    "# Shop\n\nThe shop sells things.\n\n## 2026-01-05\n\nSee `make`.\n",
    "import Foundation\n\nlet start = \"2026-01-05 10:00:00\"\nfunc f() {\n  g()\n}\n",
    "time,level,text\n2026-01-05 10:00:00,info,a\n2026-01-05 10:00:01,info,b\n",
    "2026-01-05 10:00:00;info;a\n2026-01-05 10:00:01;info;b\n",
    "Dear team, the meeting of 2026-01-05 10:00:00 is moved.\nSee you.\n",
    "1767607200,a\n1767607201,b\n",
  ])
  func `notes, source code and tables are no logs`(text: String) async throws {
    await #expect(throws: IngestError.self) {
      try await collect(bytes: Array(text.utf8), name: "a.txt")
    }
    // The user may know better.
    let read = try await collect(
      bytes: Array(text.utf8), name: "a.txt", format: Format.named("logs"))
    #expect(!read.logs.isEmpty && read.addsUp)
  }

  @Test func `no mutation of a log traps or loses the count`() async throws {
    var state: UInt64 = 42
    func random(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(truncatingIfNeeded: state >> 33) % bound
    }
    let odd: [UInt8] = Array("\"\\{}[]()<>|,:- 0-9\n\r\t#\u{1b}".utf8) + [0xff, 0xc2, 0xa0, 0]
    for text in [Self.mixed, Self.mixedJSON] {
      let bytes = Array(text.utf8)
      for _ in 0..<60 {
        var mutated = bytes
        for _ in 0...random(12) {
          let at = random(mutated.count)
          switch random(4) {
          case 0: mutated[at] = odd[random(odd.count)]
          case 1: mutated.insert(odd[random(odd.count)], at: at)
          case 2: mutated.remove(at: at)
          default: mutated.removeLast(random(min(200, mutated.count - 1)))
          }
        }
        var counts: [Int] = []
        for size in [33, 1 << 20] {
          let read = try await collect(
            bytes: mutated, name: "a.log", chunkBytes: size, format: Format.named("logs"))
          #expect(read.addsUp)
          counts.append(read.logs.count)
        }
        #expect(counts[0] == counts[1])
      }
    }
  }
}
