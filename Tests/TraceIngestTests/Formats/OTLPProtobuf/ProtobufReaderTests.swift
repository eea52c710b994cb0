import Foundation
import Testing
import TraceModel

@testable import TraceIngest

/// Messages of OTLP's own Python classes against the same messages in OTLP JSON; `Fixtures/OTLPProtobuf/make.py` writes both.
@Suite struct ProtobufReaderTests {
  private func bytes(_ name: String) throws -> [UInt8] { try fixture("OTLPProtobuf/\(name)") }

  private func path(_ name: String) throws -> String { try fixturePath("OTLPProtobuf/\(name)") }

  @Test(arguments: ["traces", "logs", "metrics", "fields-in-odd-order"], [1, 300, 4 << 20])
  func `a request gives the rows and the defects of its JSON`(
    name: String, chunkBytes: Int
  ) async throws {
    let read = try await collect(path: path("\(name).binpb"), chunkBytes: chunkBytes)
    let wanted = try await collect(path: path("\(name).json"))
    #expect(read.summary.formatName == "otlp-protobuf" && read.summary.records == 1)
    expectSameRows(read, wanted)
    let (one, other) = (read.summary.defects.entries, wanted.summary.defects.entries)
    #expect(one.mapValues(\.count) == other.mapValues(\.count))
  }

  @Test(
    arguments: [
      "requests.proto", "requests.proto.gz", "requests.proto.zst", "requests.messages-zstd.proto",
      "requests.messages-zstd.json", "requests.messages-zstd.proto.gz",
      "requests.messages-stream-zstd.proto", "concatenated.binpb",
    ], [1, 500, 4 << 20])
  func `every layout of three requests gives the rows of their JSON`(
    name: String, chunkBytes: Int
  ) async throws {
    let wanted = try await collect(path: path("requests.jsonl"))
    let read = try await collect(path: path(name), chunkBytes: chunkBytes)
    expectSameRows(read, wanted, name)
    #expect(read.summary.records == (name.hasPrefix("conc") ? 1 : 3))
    let isPacked = name.contains("zst") || name.hasSuffix("gz")
    #expect(read.summary.compression == (isPacked ? "zstd" : "none") || name.hasSuffix("o.gz"))
  }

  @Test(arguments: ["traces.binpb.gz", "traces.binpb.zst"])
  func `a packed request gives the rows of the plain one`(name: String) async throws {
    expectSameRows(
      try await collect(path: path(name)), try await collect(path: path("traces.json")))
  }

  /// JSON with all numbers as text, for 64-bit integers stand as either.
  private func plain(_ value: Any) -> Any {
    if let object = value as? [String: Any] {
      return NSDictionary(dictionary: object.mapValues { plain($0) })
    }
    if let list = value as? [Any] { return NSArray(array: list.map { plain($0) }) }
    if let number = value as? NSNumber {
      return NSNumber(value: number.doubleValue).doubleValue.description
    }
    if let text = value as? String, let number = Int64(text) { return Double(number).description }
    return value
  }

  @Test(arguments: ["traces", "logs", "metrics"])
  func `the tape says every word of the message's JSON`(name: String) throws {
    var input = ByteBuffer()
    for byte in try bytes("\(name).binpb") { input.put(byte) }
    var reader = ProtobufReader()
    var unknown = 0
    #expect(reader.readRequest(input.bytes, unknown: &unknown) == nil && unknown == 0)
    var text = JSONText()
    text.putRaw(reader.tape, reader.tape.root)
    let read = try JSONSerialization.jsonObject(with: Data(text.buffer.bytes.string.utf8))
    let wanted = try JSONSerialization.jsonObject(with: Data(bytes("\(name).json")))
    #expect((plain(read) as? NSDictionary) == (plain(wanted) as? NSDictionary))
    let isExact = reader.isExact
    #expect(isExact)
  }

  // MARK: Odd messages, written by hand

  private typealias Wire = HandWritten

  private func span(_ more: [UInt8]) -> [UInt8] {
    Wire.field(1, Array(repeating: 7, count: 16)) + Wire.field(2, Array(repeating: 9, count: 8))
      + Wire.fixed(7, 1_544_712_660_000_000_000) + Wire.fixed(8, 1_544_712_660_000_000_009) + more
  }

  private func request(_ spans: [[UInt8]]) -> [UInt8] {
    let resource = Wire.field(1, Wire.attribute("service.name", text: "cart"))
    let scope = spans.flatMap { Wire.field(2, $0) }
    return Wire.field(1, Wire.field(1, resource) + Wire.field(2, scope))
  }

  @Test(arguments: [1, 4 << 20])
  func `fields of no known number are kept as they stand`(chunkBytes: Int) async throws {
    let odd = Wire.varint(77, 5) + Wire.field(78, [1, 2]) + Wire.fixed(79, UInt64.max)
    let read = try await collect(bytes: request([span(odd)]), chunkBytes: chunkBytes)
    #expect(
      read.spans.map(\.detail) == [
        #"{"unknown":{"field_77":5,"field_78":"AQI=","field_79":"18446744073709551615"}}"#
      ])
    #expect(read.summary.defects.isEmpty)
  }

  @Test func `a field of another wire type is counted and kept as it stands`() async throws {
    let read = try await collect(bytes: request([span(Wire.varint(5, 3)), span([])]))
    #expect(read.count(.wrongType) == 1 && read.spans.count == 2)
    #expect(read.spans.map(\.detail).contains(#"{"unknown":{"field_5":3}}"#))
  }

  @Test func `text that is no UTF-8 is repaired and counted`() async throws {
    let name =
      Wire.field(5, [0x61, 0xff, 0x62, 0xc3]) + Wire.field(9, Wire.attribute("k", text: "v"))
    let read = try await collect(bytes: request([span(name)]))
    #expect(read.spans.map(\.operation) == ["a\u{fffd}b\u{fffd}"] && read.count(.repairedText) == 1)
  }

  @Test func `numbers of a list may stand alone, and a list in pieces is put together`() throws {
    var input = ByteBuffer()
    let point =
      Wire.fixed(6, 1) + Wire.fixed(6, 2) + Wire.field(7, Wire.bytes(0.5.bitPattern))
      + Wire.field(6, Wire.bytes(3)) + Wire.fixed(3, 9)
    let metric = Wire.field(1, Array("m".utf8)) + Wire.field(9, Wire.field(1, point))
    for byte in metric { input.put(byte) }
    var reader = ProtobufReader()
    #expect(reader.read(input.bytes, as: .metric) == nil)
    var text = JSONText()
    text.putRaw(reader.tape, reader.tape.root)
    #expect(text.buffer.bytes.string.contains(#""bucketCounts":[1,2,3]"#))
    #expect(text.buffer.bytes.string.contains(#""explicitBounds":[0.5]"#))
  }

  @Test func `of an AnyValue's members the last one counts`() async throws {
    let value = Wire.field(1, Array("old".utf8)) + Wire.varint(3, 7)
    let pair = Wire.field(1, Array("k".utf8)) + Wire.field(2, value)
    let read = try await collect(bytes: request([span(Wire.field(9, pair))]))
    #expect(read.spans.map(\.attributes) == [#"{"k":7}"#])
  }

  @Test func `scopes under their old number are read, unless they stand under the new one too`()
    async throws
  {
    let scope = Wire.field(2, span([]))
    let old = Wire.field(1, Wire.field(1_000, scope))
    let both = Wire.field(1, Wire.field(2, scope) + Wire.field(1_000, scope))
    for chunkBytes in [1, 4 << 20] {
      #expect(try await collect(bytes: old, chunkBytes: chunkBytes).spans.count == 1)
      #expect(try await collect(bytes: both, chunkBytes: chunkBytes).spans.count == 1)
    }
  }

  @Test(arguments: [1, 4 << 20])
  func `values of any depth cost at most their span`(chunkBytes: Int) async throws {
    func nested(_ depth: Int) -> [UInt8] {
      var value = Wire.varint(3, 1)
      for _ in 0..<depth { value = Wire.field(5, Wire.field(1, value)) }
      return span(Wire.field(9, Wire.field(1, Array("a".utf8)) + Wire.field(2, value)))
    }
    let read = try await collect(
      bytes: request([nested(300), nested(20_000), span([])]), chunkBytes: chunkBytes,
      maxRecordBytes: 1 << 20)
    let brackets = (String(repeating: "[", count: 300), String(repeating: "]", count: 300))
    #expect(read.spans.map(\.attributes) == ["{\"a\":\(brackets.0)1\(brackets.1)}", ""])
    #expect(read.count(.tooDeep) == 1 && read.summary.spansDropped == 1)
  }

  @Test(
    arguments: [
      ("a group", [0x0b, 0x0c]), ("a number of field 0", [0x00, 0x01]),
      ("a length beyond the end", [0x2a, 0x7f]),
      ("a number of eleven bytes", Array(repeating: 0xff, count: 11)),
      ("a wire type of no kind", [0x0e]), ("an end inside a number", [0x30]),
      ("an end inside eight bytes", [0x39, 1, 2]),
    ] as [(String, [UInt8])])
  func `a span that breaks costs itself and is counted`(what: String, odd: [UInt8]) async throws {
    for chunkBytes in [1, 4 << 20] {
      let read = try await collect(
        bytes: request([span([]), span(odd), span([])]), chunkBytes: chunkBytes)
      #expect(read.spans.count == 2 && read.count(.brokenRecord) == 1, "\(what)")
      #expect(read.summary.spansDropped == 1 && read.addsUp, "\(what)")
      #expect(read.spans.allSatisfy { $0.service == "cart" }, "\(what)")
    }
  }
}

/// Protobuf fields, written the obvious way.
enum HandWritten {
  static func number(_ value: UInt64) -> [UInt8] {
    var rest = value
    var bytes: [UInt8] = []
    while rest > 0x7f {
      bytes.append(UInt8(rest & 0x7f) | 0x80)
      rest >>= 7
    }
    return bytes + [UInt8(rest)]
  }

  static func varint(_ field: UInt64, _ value: UInt64) -> [UInt8] {
    number(field << 3) + number(value)
  }

  static func field(_ field: UInt64, _ content: [UInt8]) -> [UInt8] {
    number(field << 3 | 2) + number(UInt64(content.count)) + content
  }

  static func bytes(_ value: UInt64) -> [UInt8] { (0..<8).map { UInt8(value >> (8 * $0) & 0xff) } }

  static func fixed(_ field: UInt64, _ value: UInt64) -> [UInt8] {
    number(field << 3 | 1) + bytes(value)
  }

  static func attribute(_ key: String, text: String) -> [UInt8] {
    field(1, Array(key.utf8)) + field(2, field(1, Array(text.utf8)))
  }

  /// A request with its length before it.
  static func framed(_ request: [UInt8]) -> [UInt8] {
    (0..<4).map { UInt8(request.count >> (24 - 8 * $0) & 0xff) } + request
  }
}
