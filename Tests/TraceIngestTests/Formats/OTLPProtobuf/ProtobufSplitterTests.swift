import Testing
import TraceModel

@testable import TraceIngest

/// Files of protobuf that are damaged, cut off, or something else.
@Suite struct ProtobufSplitterTests {
  private func span(_ number: UInt8) -> [UInt8] {
    HandWritten.field(1, Array(repeating: 7, count: 16))
      + HandWritten.field(2, Array(repeating: number, count: 8))
      + HandWritten.field(5, Array("GET /cart".utf8))
      + HandWritten.fixed(7, 1_544_712_660_000_000_000)
      + HandWritten.fixed(8, 1_544_712_660_000_000_009)
  }

  /// A request of two spans, 2n and 2n + 1.
  private func request(_ number: UInt8) -> [UInt8] {
    let resource = HandWritten.field(1, HandWritten.attribute("service.name", text: "cart"))
    let scope =
      HandWritten.field(2, span(2 * number)) + HandWritten.field(2, span(2 * number + 1))
    return HandWritten.field(
      1, HandWritten.field(1, resource) + HandWritten.field(2, scope))
  }

  /// The first digits of the spans' ids.
  private func numbers(_ read: Collected) -> [Int] {
    read.spans.map { Int($0.row.id.description.prefix(2), radix: 16) ?? -1 }
  }

  private let chunkSizes = [1, 50, 4 << 20]

  @Test func `a request that is damaged inside costs what is damaged`() async throws {
    var file = (1...4).flatMap { HandWritten.framed(request($0)) }
    let size = file.count / 4
    // The length of the third request's first span.
    let at = 2 * size + 4 + 2 + 2 + 26 + 2 + 1
    let length = file[at]
    for damage: UInt8 in [0, 1, length - 1, length + 1, 0x7f, 0xff] {
      file[at] = damage
      for chunkBytes in chunkSizes {
        let read = try await collect(bytes: file, chunkBytes: chunkBytes)
        let numbers = numbers(read).filter { [2, 3, 4, 5, 8, 9].contains($0) }
        #expect(numbers == [2, 3, 4, 5, 8, 9], "\(damage), \(chunkBytes)")
        #expect(read.addsUp && read.summary.spansDropped + read.count(.brokenRecord) > 0)
      }
    }
  }

  @Test func `a wrong length costs at most its request`() async throws {
    let whole = (1...4).flatMap { HandWritten.framed(request($0)) }
    let size = whole.count / 4
    for (place, damage) in [(3, 1), (3, 0xff), (0, 0x7f), (2, 1), (3, size - 5), (3, size - 3)] {
      var file = whole
      file[size + place] = UInt8(damage)
      for chunkBytes in chunkSizes {
        let read = try await collect(bytes: file, chunkBytes: chunkBytes)
        let kept = numbers(read).filter { $0 != 4 && $0 != 5 }
        #expect(kept == [2, 3, 6, 7, 8, 9], "\(place) \(damage) \(chunkBytes) \(numbers(read))")
        #expect(read.count(.brokenRecord) + read.count(.cutOffRecord) > 0, "\(place) \(damage)")
      }
    }
  }

  @Test func `a file that is cut off keeps what was complete`() async throws {
    let framed = (1...3).flatMap { HandWritten.framed(request($0)) }
    let plain = (1...3).flatMap { request($0) }
    for file in [framed, plain] {
      for end in stride(from: file.count - 1, to: file.count / 3 + 4, by: -3) {
        for chunkBytes in [1, 4 << 20] {
          let read = try await collect(bytes: Array(file[..<end]), chunkBytes: chunkBytes)
          // A span ends 0 or 1 byte before its request.
          let complete = 6 - (file.count - end + span(1).count + 1) / (span(1).count + 2)
          #expect(numbers(read).count >= complete - 1 && numbers(read).starts(with: [2, 3]))
          let isBetween = end % (file.count / 3) == 0
          #expect(
            (read.count(.cutOffRecord) > 0) == !isBetween,
            "\(end) of \(file.count): \(read.summary.defects.entries) \(numbers(read))")
          #expect(read.addsUp && read.count(.brokenRecord) == 0)
        }
      }
    }
  }

  @Test func `a request that ends where a chunk ends is closed there`() async throws {
    // Longer than what is looked at first, so that its end is found only by reading on.
    let spans = (0..<1_100).flatMap { HandWritten.field(2, span(UInt8($0 % 250))) }
    let resource = HandWritten.field(1, HandWritten.attribute("service.name", text: "cart"))
    let request = HandWritten.field(1, HandWritten.field(2, spans) + HandWritten.field(1, resource))
    for chunkBytes in [request.count, request.count / 2] {
      let read = try await collect(bytes: request, chunkBytes: chunkBytes)
      #expect(read.spans.count == 1_100 && read.summary.defects.isEmpty)
      #expect(read.spans.allSatisfy { $0.service == "cart" })
    }
    let json = Array(
      #"{"resourceSpans":[{"scopeSpans":[{"spans":[\#(String(repeating: " ", count: 70_000))"#.utf8)
    let cut = try await collect(bytes: json, chunkBytes: json.count)
    #expect(cut.count(.cutOffRecord) == 1)
  }

  @Test func `a request of nothing is a record of nothing`() async throws {
    let file = HandWritten.framed(request(1)) + [0, 0, 0, 0] + HandWritten.framed(request(2))
    let read = try await collect(bytes: file)
    #expect(read.summary.records == 3 && numbers(read) == [2, 3, 4, 5])
    #expect(read.summary.defects.isEmpty)
  }

  @Test func `a large span is passed over and its neighbours are kept`() async throws {
    let large =
      span(9)
      + HandWritten.field(9, HandWritten.attribute("k", text: String(repeating: "x", count: 9_000)))
    let resource = HandWritten.field(1, HandWritten.attribute("service.name", text: "cart"))
    let scope = [span(1), large, span(2)].flatMap { HandWritten.field(2, $0) }
    let request = HandWritten.field(1, HandWritten.field(2, scope) + HandWritten.field(1, resource))
    for file in [request, HandWritten.framed(request)] {
      let read = try await collect(bytes: file, chunkBytes: 100, maxRecordBytes: 4_000)
      #expect(numbers(read) == [1, 2] && read.count(.tooLarge) == 1 && read.addsUp)
      #expect(read.summary.spansDropped == 1 && read.spans.allSatisfy { $0.service == "cart" })
    }
  }

  @Test func `packed messages that are damaged cost themselves`() async throws {
    let whole = try fixture("OTLPProtobuf/requests.messages-zstd.proto")
    let first = 4 + (Int(whole[2]) << 8 | Int(whole[3]))
    let wanted = try await collect(path: fixturePath("OTLPProtobuf/requests.jsonl"))
    // Inside the second message, and in its length.
    for (at, value) in [(first + 30, 0xff), (first + 3, 0x01), (first + 1, 0x7f), (first + 5, 0)] {
      var file = whole
      file[at] = UInt8(value)
      let read = try await collect(bytes: file)
      #expect(read.spans.count == wanted.spans.count, "\(at - first)")
      #expect(read.summary.metricsSeen == wanted.summary.metricsSeen, "\(at - first)")
      #expect(read.count(.corruptCompression) + read.count(.brokenRecord) == 1, "\(at - first)")
    }
    let cut = try await collect(bytes: Array(whole.dropLast(9)))
    #expect(cut.logs.count == wanted.logs.count && cut.count(.cutOffRecord) == 1)
  }

  @Test func `nothing but OTLP's requests is taken for one`() throws {
    var names = try fixtureNames().map { $0 }
    for folder in ["Errors", "Loggers", "System", "XRay"] {
      names += try fixtureNames(in: folder).map { "\(folder)/\($0)" }
    }
    var samples = try names.map { try fixture($0) }
    samples += [
      [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a], Array("SQLite format 3\0".utf8),
      Array("\n\n{\"a\":1}\n".utf8),
      Array("\nz\nd\nP\n2\n\(String(repeating: "x\n", count: 99))".utf8),
      Array("\n   a\n    b\n\n\n\n\n".utf8), Array(repeating: 0x0a, count: 500),
      Array(repeating: 0, count: 500), [0x0a, 0], [0, 0, 0, 0, 0x0a, 0],
      // Prometheus' remote write: series of labels and samples.
      HandWritten.field(
        1,
        HandWritten.field(1, HandWritten.attribute("__name__", text: "up"))
          + HandWritten.field(2, HandWritten.fixed(1, 9) + HandWritten.varint(2, 5))),
    ]
    // Random bytes behind the first ones that both layouts begin with.
    var state: UInt64 = 7
    func random() -> UInt8 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return UInt8(truncatingIfNeeded: state >> 33)
    }
    for round in 0..<4_000 {
      let start: [UInt8] = [[0x0a], [0x0a, 0x20, 0x0a], [0, 0, 1, 0, 0x0a], []][round % 4]
      samples.append(start + (0..<64).map { _ in random() })
    }
    for sample in samples {
      var buffer = ByteBuffer()
      for byte in sample { buffer.put(byte) }
      #expect(!ProtobufShape.isRequest(buffer.bytes), "\(sample.prefix(16))")
    }
  }

  @Test(arguments: [
    "traces.binpb", "logs.binpb", "metrics.binpb", "fields-in-odd-order.binpb", "requests.proto",
    "requests.messages-zstd.proto", "requests.messages-zstd.json",
  ])
  func `no mutation traps or loses the count`(name: String) async throws {
    let bytes = try fixture("OTLPProtobuf/\(name)")
    var state: UInt64 = 11
    func random(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(truncatingIfNeeded: state >> 33) % bound
    }
    for _ in 0..<150 {
      var mutated = bytes
      for _ in 0...random(3) {
        let at = random(mutated.count)
        switch random(4) {
        case 0: mutated[at] ^= 1 << UInt8(random(8))
        case 1: mutated[at] = [0, 0x0a, 0x12, 0x7f, 0x80, 0xff][random(6)]
        case 2: mutated.removeSubrange(at..<min(mutated.count, at + 1 + random(20)))
        default: mutated.insert(contentsOf: bytes.prefix(1 + random(40)), at: at)
        }
        if mutated.isEmpty { mutated = bytes }
      }
      let format = name.contains("zstd") ? nil : Format.otlpProtobuf
      for chunkBytes in [61, 4 << 20] {
        guard
          let read = try? await collect(bytes: mutated, chunkBytes: chunkBytes, format: format)
        else { continue }
        #expect(read.addsUp)
        let losses = read.summary.defects.entries.values.filter {
          $0.kind.severity == .loss || $0.kind == .wrongType
        }
        .reduce(0) { $0 + $1.count }
        #expect(read.summary.spansDropped + read.summary.logsDropped <= losses)
      }
    }
  }
}
