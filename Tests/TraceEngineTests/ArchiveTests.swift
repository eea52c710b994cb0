import Foundation
import Testing
import TraceEngine
import TraceSimulator

/// Archives of dumps: what is in the store is what the folder gives.
struct ArchiveTests {
  private static func span(_ number: Int) -> String {
    #"{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}}]},"scopeSpans":[{"spans":[{"traceId":"0af7651916cd43dd8448eb211c8031\#(10 + number)","spanId":"b7ad6b7169203331","name":"a","startTimeUnixNano":"1767607200000000000","endTimeUnixNano":"1767607200001000000"}]}]}]}"#
      + "\n"
  }

  /// A folder of dumps: two files that are read, one of them packed, a note, a hidden file, and a file with a long name.
  private func write(to folder: URL) throws {
    let deep = folder.appending(path: "dumps/\(String(repeating: "d", count: 120))")
    try FileManager.default.createDirectory(at: deep, withIntermediateDirectories: true)
    let dumps = folder.appending(path: "dumps")
    try Data(Self.span(1).utf8).write(to: dumps.appending(path: "a.json"))
    try Data(try gzipped(Self.span(2), in: folder)).write(to: dumps.appending(path: "b.bin"))
    try Data("Dear team\n".utf8).write(to: dumps.appending(path: "note.txt"))
    try Data(Self.span(3).utf8).write(to: dumps.appending(path: ".hidden.json"))
    try Data(Self.span(4).utf8).write(to: deep.appending(path: "c.json"))
  }

  private func run(_ command: [String], in folder: URL) throws {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = command
    process.currentDirectoryURL = folder
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0, "\(command)")
  }

  private func gzipped(_ text: String, in folder: URL) throws -> [UInt8] {
    let file = folder.appending(path: "to-pack")
    try Data(text.utf8).write(to: file)
    try run(["gzip", "-f", "to-pack"], in: folder)
    return [UInt8](try Data(contentsOf: folder.appending(path: "to-pack.gz")))
  }

  private func load(_ input: URL, in folder: URL, limits: ReadingLimits = ReadingLimits())
    async throws
    -> IngestResult
  {
    let store = folder.appending(path: "\(UUID().uuidString).db").path
    return try await ingest(
      IngestRequest(inputs: [input.path], store: store, format: nil, workers: 2, limits: limits))
  }

  @Test(arguments: [["tar", "-cf", "d.tar"], ["tar", "-czf", "d.tgz"]])
  func `a tar archive gives what its folder gives`(command: [String]) async throws {
    let bench = try Workbench()
    try write(to: bench.folder)
    try run(command + ["dumps"], in: bench.folder)
    let archive = bench.folder.appending(path: command[2])
    let plain = try await load(bench.folder.appending(path: "dumps"), in: bench.folder)
    let packed = try await load(archive, in: bench.folder)
    #expect(plain.spans == 3 && packed.spans == 3)
    #expect(packed.filesRead == 3 && packed.filesSkipped == 1)
    #expect(packed.remarks.contains { $0.contains("\(command[2])!dumps/note.txt'") })
    // Half of it: what was whole is kept, the damage is told.
    let bytes = try Data(contentsOf: archive)
    let cut = bench.folder.appending(path: "cut.tar")
    try bytes.prefix(command[1] == "-czf" ? bytes.count * 2 / 3 : 3000).write(to: cut)
    let broken = try? await load(cut, in: bench.folder)
    #expect((broken?.spans ?? 0) < 3)
    if let broken { #expect(broken.hasLosses && broken.filesSkipped > 0) }
  }

  @Test func `a zip archive is read, its odd members are named`() async throws {
    let bench = try Workbench()
    var zip = Zip()
    zip.add("../../etc/a.json", Array(Self.span(1).utf8))
    zip.add("b.json", Array(Self.span(2).utf8), flags: 1)
    var inner = Zip()
    inner.add("c.json", Array(Self.span(3).utf8))
    zip.add("inner.zip", inner.bytes)
    zip.add("__MACOSX/a.json", Array(Self.span(4).utf8))
    zip.add("d.json.gz", try gzipped(Self.span(5), in: bench.folder))
    let file = bench.folder.appending(path: "d.zip")
    try Data(zip.bytes).write(to: file)
    let result = try await load(file, in: bench.folder)
    #expect(result.spans == 2 && result.filesRead == 2 && result.filesSkipped == 2)
    #expect(result.remarks.contains { $0.contains("d.zip!b.json': it is encrypted") })
    #expect(result.remarks.contains { $0.contains("holds a zip archive inside an archive") })
    #expect(
      !FileManager.default.fileExists(atPath: bench.folder.appending(path: "../../etc/a.json").path)
    )
    // Loaded again under another name, nothing is new.
    let copy = bench.folder.appending(path: "e.zip")
    try FileManager.default.copyItem(at: file, to: copy)
    let store = bench.folder.appending(path: "both.db").path
    let both = try await ingest(
      IngestRequest(inputs: [file.path, copy.path], store: store, format: nil, workers: 1))
    #expect(both.spans == 2 && both.filesKnown == 2)
  }

  @Test func `what stands before the cut of an archive is kept`() async throws {
    let bench = try Workbench()
    let dumps = bench.folder.appending(path: "dumps")
    try FileManager.default.createDirectory(at: dumps, withIntermediateDirectories: true)
    try Data(Self.span(1).utf8).write(to: dumps.appending(path: "a.json"))
    try Data((10...80).map(Self.span).joined().utf8 + Array(repeating: 0x20, count: 200_000))
      .write(to: dumps.appending(path: "b.json"))
    try run(["tar", "--sort=name", "-cf", "d.tar", "dumps"], in: bench.folder)
    let archive = bench.folder.appending(path: "d.tar")
    let whole = try Data(contentsOf: archive)
    try whole.prefix(whole.count - 100_000).write(to: archive)
    let result = try await load(archive, in: bench.folder)
    #expect(result.spans == 72 && result.hasLosses)
  }

  @Test func `an archive that is cut inside its first member is called damaged`() async throws {
    let bench = try Workbench()
    var zip = Zip()
    zip.add("a.json", Array(Self.span(1).utf8))
    let file = bench.folder.appending(path: "d.zip")
    try Data(zip.bytes.prefix(60)).write(to: file)
    let error = await #expect(throws: EngineError.self) { try await load(file, in: bench.folder) }
    let message = error?.sentence ?? ""
    #expect(message.hasPrefix("cannot read ") && !message.contains("known format"), "\(message)")
  }

  @Test func `a damaged or an empty archive is a sentence and no crash`() async throws {
    let bench = try Workbench()
    var zip = Zip()
    zip.add("a.json", Array(Self.span(1).utf8))
    let file = bench.folder.appending(path: "d.zip")
    for seed in 0..<60 {
      var bytes = zip.bytes
      var chance = Randomness(seed: UInt64(seed))
      for _ in 0...chance.below(4) { bytes[chance.below(bytes.count)] = UInt8(chance.below(256)) }
      if seed % 3 == 0 { bytes.removeLast(chance.below(bytes.count - 4)) }
      try Data(bytes).write(to: file)
      let result = try? await load(file, in: bench.folder)
      #expect((result?.spans ?? 0) <= 1)
    }
    try Data(Zip().bytes).write(to: file)
    await #expect(throws: EngineError.self) { try await load(file, in: bench.folder) }
  }
}

/// A zip archive of members that are stored as they are.
private struct Zip {
  private var members: [UInt8] = []
  private var directory: [UInt8] = []
  private var count = 0

  /// Flag 1 says that the member is encrypted.
  mutating func add(_ name: String, _ content: [UInt8], flags: UInt16 = 0) {
    let offset = members.count
    let sizes = le32(UInt32(content.count)) + le32(UInt32(content.count))
    let common =
      le16(20) + le16(flags) + le16(0) + le32(0x5a21_0000) + le32(crc(content)) + sizes
      + le16(UInt16(name.utf8.count)) + le16(0)
    members += le32(0x0403_4b50) + common + Array(name.utf8) + content
    directory += le32(0x0201_4b50) + le16(20) + common + le16(0) + le16(0) + le16(0) + le32(0)
    directory += le32(UInt32(offset)) + Array(name.utf8)
    count += 1
  }

  var bytes: [UInt8] {
    members + directory + le32(0x0605_4b50) + le16(0) + le16(0) + le16(UInt16(count))
      + le16(UInt16(count)) + le32(UInt32(directory.count)) + le32(UInt32(members.count)) + le16(0)
  }

  private func le16(_ value: UInt16) -> [UInt8] { [UInt8(value & 255), UInt8(value >> 8)] }

  private func le32(_ value: UInt32) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }

  private func crc(_ bytes: [UInt8]) -> UInt32 {
    var crc: UInt32 = ~0
    for byte in bytes {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc >> 1 ^ (crc & 1) * 0xedb8_8320 }
    }
    return ~crc
  }
}
