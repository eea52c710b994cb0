import Foundation
import Testing
import TraceIngest
import TraceModel

/// Fixtures with bytes taken away, doubled, turned round: nothing traps, and no count is lost.
@Suite struct HostileTransportTests {
  /// A generator that gives the same numbers each time.
  private struct Numbers {
    var state: UInt64
    mutating func next(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % max(1, bound)
    }
  }

  private static let odd: [[UInt8]] = [
    [0], [0xff], [0x0a], [0x0d, 0x0a], Array("\"".utf8), Array("\\".utf8), Array("[".utf8),
    Array("]".utf8), Array("<999>".utf8), Array("99999999 <".utf8), Array("=".utf8), [0x1b, 0x5b],
    Array("9223372036854775808".utf8), Array(" ".utf8), Array("{".utf8), Array("P ".utf8), [],
  ]

  private func mutated(_ bytes: [UInt8], _ numbers: inout Numbers) -> [UInt8] {
    var bytes = bytes
    for _ in 0...numbers.next(4) {
      let from = numbers.next(bytes.count)
      switch numbers.next(4) {
      case 0: bytes.removeSubrange(from..<min(bytes.count, from + 1 + numbers.next(30)))
      case 1: bytes.insert(contentsOf: Self.odd[numbers.next(Self.odd.count)], at: from)
      case 2: bytes.removeSubrange(from...)
      default:
        let to = min(bytes.count, from + numbers.next(200))
        bytes.insert(contentsOf: bytes[from..<to], at: numbers.next(bytes.count))
      }
      if bytes.isEmpty { bytes = [0x20] }
    }
    return bytes
  }

  @Test(arguments: try fixtureNames(in: "System"))
  func `what is broken neither traps nor loses the count`(name: String) async throws {
    let path = try fixturePath("System/" + name)
    let whole = try fixture("System/" + name)
    let named = try await collect(path: path).summary.formatName
    let format = try #require(Format.named(named))
    var numbers = Numbers(state: 7)
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "a.log")
    for round in 0..<25 {
      let bytes = mutated(whole, &numbers)
      try Data(bytes).write(to: file)
      let read = try await collect(
        path: file.path, workers: 1 + round % 2, chunkBytes: round % 3 == 0 ? 2000 : 4 << 20,
        format: format)
      #expect(read.addsUp)
      #expect(read.summary.logsDropped == 0)
      // Whatever is there is a record or a named defect.
      let isBlank = bytes.allSatisfy { $0 <= 0x20 }
      #expect(isBlank || !read.logs.isEmpty || !read.summary.defects.isEmpty)
    }
  }

  @Test(arguments: try fixtureNames(in: "System"))
  func `where the source is cut into chunks changes nothing`(name: String) async throws {
    let path = try fixturePath("System/" + name)
    let whole = try await collect(path: path)
    // Objects that are larger than a chunk are another matter.
    let isJSON = name.contains("json") || name.contains("gcp") || name.contains("apple")
    for chunkBytes in isJSON ? [17_000] : [64, 999] {
      let parts = try await collect(path: path, workers: 3, chunkBytes: chunkBytes)
      #expect(parts.logs.map(\.body) == whole.logs.map(\.body), "\(name) \(chunkBytes)")
      #expect(parts.logs.map(\.row.time) == whole.logs.map(\.row.time))
      #expect(parts.logs.map(\.service) == whole.logs.map(\.service))
      #expect(parts.logs.map(\.attributes) == whole.logs.map(\.attributes))
    }
  }

  @Test func `every line of text is in a record`() async throws {
    // One line in three of each transport lacks its header.
    for (name, format) in [
      ("cri.log", "cri"), ("docker-logs-t.log", "timestamped-logs"),
      ("compose-times.log", "compose-logs"), ("kubectl-prefix.log", "pod-logs"),
      ("syslog-rsyslog.log", "syslog"),
    ] {
      let lines = String(decoding: try fixture("System/" + name), as: UTF8.self)
        .split(separator: "\n")
      let text = lines.enumerated().map { "\($0.element)\nstray\($0.offset)x" }
        .joined(separator: "\n")
      let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
      defer { try? FileManager.default.removeItem(at: folder) }
      try Data(text.utf8).write(to: folder)
      let read = try await collect(path: folder.path, format: Format.named(format))
      let bodies = read.logs.map { $0.body + $0.detail }.joined(separator: "\n")
      for index in lines.indices { #expect(bodies.contains("stray\(index)x"), "\(name)") }
    }
  }

  @Test
  func `JSON over several lines and a record of JSON behind it in one container come out whole`()
    async throws
  {
    // Both are read with the tape of Docker's own JSON around them still in use.
    let inner = [
      "{", #"  "level": "warn","#, #"  "time": "2026-01-05T10:00:00Z","#,
      #"  "msg": "first \u00e4","#, #"  "padding": "\#(String(repeating: "x", count: 4000))""#, "}",
      #"{"level":"error","time":"2026-01-05T10:00:01Z","msg":"second","user":"u-1"}"#,
    ]
    let lines = try inner.map { line in
      let text = try String(decoding: JSONEncoder().encode(line + "\n"), as: UTF8.self)
      return #"{"log":\#(text),"stream":"stdout","time":"2026-01-05T10:00:02.000000001Z"}"#
    }
    let read = try await collect(
      bytes: Array(lines.joined(separator: "\n").utf8), name: "c-json.log")
    #expect(read.logs.map(\.body) == ["first ä", "second"])
    #expect(read.logs.map(\.severityText) == ["warn", "error"])
    #expect(read.logs[1].attributes == #"{"user":"u-1"}"#)
    #expect(read.logs[0].attributes.contains(String(repeating: "x", count: 4000)))
  }
}
