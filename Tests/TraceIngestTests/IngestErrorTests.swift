import Foundation
import Testing
import TraceIngest
import TraceModel

/// Each sentence, and what leads to it.
@Suite struct IngestErrorTests {
  private func sentence(_ bytes: [UInt8], format: Format? = nil) async throws -> String {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "dump.json")
    try Data(bytes).write(to: file)
    let error = await #expect(throws: IngestError.self) {
      try await collect(path: file.path, format: format)
    }
    return try #require(error).description.replacing(file.path, with: "dump.json")
  }

  @Test func `an unknown object names the keys that were looked for`() async throws {
    #expect(
      try await sentence(Array(#"{"a":1}"#.utf8))
        == "cannot tell the format of 'dump.json': its first object has none of the keys that traces, logs and metrics are told by\n  hint: name it with --input-format \(Format.all.map(\.name).joined(separator: ", "))"
    )
    #expect(
      try await sentence(Array("hello\nworld\n".utf8))
        == "cannot tell the format of 'dump.json': it holds no JSON object, and less than half of its lines begin with a time\n  hint: if it is a log, name it with --input-format logs"
    )
    #expect(
      try await sentence([0x68, 0x69, 0, 1, 2, 3, 0x0a, 0x61])
        == "cannot tell the format of 'dump.json': it holds no JSON object")
  }

  @Test func `a file cut off before its first key says so`() async throws {
    for text in ["{", #"{"resour"#, #"{"resourceSpans""#, #"{"resourceSpans": "#] {
      #expect(
        try await sentence(Array(text.utf8))
          == "cannot tell the format of 'dump.json': it is cut off before its first key is complete"
      )
    }
    let read = try await collect(bytes: Array(#"{"resourceSpans":[{"#.utf8))
    #expect(read.summary.formatName == "otlp" && read.count(.cutOffRecord) == 1)
  }

  @Test(arguments: [String.Encoding.utf16, .utf16BigEndian, .utf16LittleEndian])
  func `UTF-16 text is named, with what to do`(encoding: String.Encoding) async throws {
    let bytes = try #require(#"{"resourceSpans":[]}"#.data(using: encoding))
    #expect(
      try await sentence([UInt8](bytes))
        == "'dump.json' holds UTF-16 text, which is not read; nothing of it is stored\n  hint: convert it to UTF-8"
    )
  }

  @Test func `a known key without an element is a readable file`() async throws {
    let read = try await collect(bytes: Array(#"{"resourceSpans":[]}"#.utf8))
    #expect(read.summary.formatName == "otlp" && read.summary.records == 1)
    #expect(read.summary.defects.isEmpty)
  }

  @Test(arguments: [
    ([0x53, 0x51, 0x4c, 0x69, 0x74, 0x65, 0x20] + Array("format 3\0".utf8), "an SQLite database"),
    ([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a], "an image"),
    ([0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c, 0, 4], "a 7z archive"),
    (Array("Rar!\u{1a}\u{7}\u{1}\0".utf8), "a rar archive"),
    (Array("BZh91AY&SY".utf8), "bzip2 data"),
  ])
  func `what is no JSON is named`(bytes: [UInt8], contents: String) async throws {
    #expect(
      try await sentence(bytes).hasPrefix("'dump.json' holds \(contents), which is not read"))
  }

  @Test func `a file that is not there or a folder cannot be read`() async throws {
    let missing = await #expect(throws: IngestError.self) { try await collect(path: "/no/file") }
    #expect(missing?.description == "cannot find '/no/file': no such file or directory")
    let folder = await #expect(throws: IngestError.self) { try await collect(path: "/tmp") }
    #expect(folder?.description == "cannot read '/tmp': it is a folder")
    #expect(
      IngestError(.changed, path: "a", detail: "it was written to").description
        == "'a' changed while it was read: it was written to; nothing of it is stored")
    #expect(IngestError(.notFound, path: "-").description == "standard input does not exist")
  }

  @Test func `an empty file is no error`() async throws {
    for bytes in [[], Array(" \n\n".utf8), Array("\u{feff}".utf8)] {
      let read = try await collect(bytes: bytes)
      #expect(read.count(.emptyFile) == 1 && read.summary.spansSeen == 0)
    }
  }

  @Test func `what deliver throws ends the reading`() async throws {
    struct Full: Error {}
    let path = try fixturePath("mixed-signals.jsonl")
    await #expect(throws: Full.self) {
      try await ingest(
        InputFile(path: path, isNamed: true), options: IngestOptions(workers: 3, chunkBytes: 10)
      ) { _ in throw Full() }
    }
  }
}
