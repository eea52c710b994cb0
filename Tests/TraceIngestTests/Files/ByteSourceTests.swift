import Foundation
import Testing
import TraceIngest
import TraceModel

/// Compressed and changing files. The packed bytes were written by gzip 1.12 and zstd 1.5.4.
@Suite struct ByteSourceTests {
  @Test(arguments: ["mixed-signals.jsonl.gz", "mixed-signals.jsonl.zst"])
  func `packed files give what the plain file gives, of several members too`(name: String)
    async throws
  {
    let plain = try await collect(path: fixturePath("mixed-signals.jsonl"))
    let packed = try await collect(path: fixturePath(name))
    #expect(packed.spans == plain.spans && packed.logs == plain.logs)
    #expect(packed.summary.contentHash == plain.summary.contentHash)
    #expect(packed.summary.bytes == plain.summary.bytes)
    #expect(packed.summary.compression == (name.hasSuffix("gz") ? "gzip" : "zstd"))
    let bytes = try fixture(name)
    let twice = try await collect(bytes: bytes + bytes)
    #expect(twice.spans.count == plain.spans.count * 2)
    #expect(twice.summary.defects.entries[.corruptCompression] == nil)
  }

  @Test(arguments: ["mixed-signals.jsonl.gz", "mixed-signals.jsonl.zst"])
  func `packed files that are cut off or damaged keep what came before`(name: String) async throws {
    let bytes = try fixture(name)
    // A gzip member gives its bytes as they come, a zstd frame as small as this one only as a whole.
    for end in name.hasSuffix("gz") ? [bytes.count - 2, bytes.count / 2] : [] {
      let cut = try await collect(bytes: Array(bytes[..<end]))
      #expect(cut.count(.cutOffRecord) == 1 && cut.count(.corruptCompression) == 0, "\(end)")
      #expect(cut.addsUp)
    }
    // Two members, the second cut behind the first one's last line.
    let behind = try await collect(bytes: bytes + bytes[..<12])
    #expect(behind.spans.count == 2 && behind.count(.cutOffRecord) == 1)
    #expect(behind.summary.defects.entries[.cutOffRecord]?.firstOffset == behind.summary.bytes)
    let header = await #expect(throws: IngestError.self) {
      try await collect(bytes: Array(bytes[..<5]))
    }
    #expect(header?.code == .unreadable)
    #expect(header?.detail.hasSuffix("data ends too early, before its first byte") == true)
    var damaged = bytes + bytes
    for at in bytes.count + 20..<bytes.count + 60 { damaged[at] ^= 0x55 }
    let read = try await collect(bytes: damaged)
    #expect(read.count(.corruptCompression) == 1 && read.spans.count >= 2)
  }

  @Test(arguments: ["mixed-signals.jsonl.gz", "mixed-signals.jsonl.zst"])
  func `what unpacks to more than the limit is read up to it, and the rest is counted`(name: String)
    async throws
  {
    var options = IngestOptions(maxRatio: 1)
    options.freeBytes = 100
    let file = InputFile(path: try fixturePath(name), isNamed: true)
    let bounded = try await ingest(file, options: options) { _ in }
    #expect(bounded.defects.entries[.tooDense]?.count == 1)
    #expect(bounded.defects.entries[.corruptCompression] == nil)
    options.maxRatio = 1000
    let whole = try await ingest(file, options: options) { _ in }
    #expect(whole.defects.entries[.tooDense] == nil && whole.bytes >= bounded.bytes)
  }

  @Test func `the hash is XXH3 of the decompressed bytes`() async throws {
    // What the one-call function of xxHash 0.8.1 gives for these bytes.
    let read = try await collect(bytes: Array("{\"batches\":[]}\n".utf8))
    #expect(read.summary.contentHash == "65205dfbadaa7d64c10fa6ffd4f4d284")
    #expect(read.summary.bytes == 15)
  }

  /// Makes a pipe with a name and a thread that writes to it, once.
  private func withPipe(of bytes: [UInt8], _ body: (String) async throws -> Void) async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appending(path: "pipe.json").path
    let made = unsafe mkfifo(path, 0o600)
    try #require(made == 0)
    let writer = Thread {
      let file = FileHandle(forWritingAtPath: path)
      for start in stride(from: 0, to: bytes.count, by: 100) {
        try? file?.write(contentsOf: Data(bytes[start..<min(start + 100, bytes.count)]))
      }
      try? file?.close()
    }
    writer.start()
    try await body(path)
  }

  @Test(arguments: ["mixed-signals.jsonl", "mixed-signals.jsonl.gz"])
  func `a named pipe is opened once and read like a file`(name: String) async throws {
    let plain = try await collect(path: fixturePath("mixed-signals.jsonl"))
    try await withPipe(of: try fixture(name)) { path in
      // The writer opens the pipe once, so a second reader would wait for ever.
      let files = try expandInputs([path])
      #expect(files.map(\.path) == [path] && files.allSatisfy(\.isNamed))
      let piped = try await collect(path: files[0].path)
      #expect(piped.spans == plain.spans && piped.logs == plain.logs)
    }
  }

  @Test func `a pipe that was merely found is refused without being opened`() async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appending(path: "pipe.json").path
    let made = unsafe mkfifo(path, 0o600)
    try #require(made == 0)
    for input in [folder.path, folder.path + "/*.json"] {
      let file = try #require(try expandInputs([input]).first)
      let error = await #expect(throws: IngestError.self) { try await ingest(file) { _ in } }
      #expect(error?.code == .unreadable)
      #expect(error?.description == "cannot read '\(file.path)': it is no regular file")
    }
  }

  @Test
  func `a file that shrinks or is written over while it is read is refused, one that grows is not`()
    async throws
  {
    let bytes = try fixture("mixed-signals.jsonl")
    let copies = Array(repeatElement(bytes, count: 400).joined())
    for change in ["shrink", "grow"] {
      let path = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
      try Data(copies).write(to: URL(filePath: path))
      defer { try? FileManager.default.removeItem(atPath: path) }
      var isFirst = true
      func read() async throws -> SourceSummary {
        try await ingest(
          InputFile(path: path, isNamed: true), options: IngestOptions(workers: 1, chunkBytes: 5000)
        ) { _ in
          guard isFirst else { return }
          isFirst = false
          let file = try #require(FileHandle(forUpdatingAtPath: path))
          if change == "shrink" {
            try file.truncate(atOffset: 300_000)
          } else {
            try file.seekToEnd()
            try file.write(contentsOf: Data(bytes))
          }
          try file.close()
        }
      }
      if change == "shrink" {
        let error = await #expect(throws: IngestError.self) { try await read() }
        #expect(error?.code == .changed)
        #expect(error?.detail.hasPrefix("it shrank from \(copies.count) to 300000 bytes") == true)
      } else {
        let summary = try await read()
        #expect(summary.spansSeen >= 800 && summary.spansDropped == 0)
      }
    }
  }
}
