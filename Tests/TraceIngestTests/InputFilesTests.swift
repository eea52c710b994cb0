import Foundation
import Testing
import TraceIngest

/// Which files a person means.
@Suite struct InputFilesTests {
  private func withFolder(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    for path in ["b/x.json", "a/y.json", "a/.hidden.json", ".git/z.json", "top.jsonl"] {
      let file = folder.appending(path: path)
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data("{}".utf8).write(to: file)
    }
    try FileManager.default.createSymbolicLink(
      at: folder.appending(path: "a/loop"), withDestinationURL: folder)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder.path)
  }

  @Test func `a folder gives its files once, sorted, hidden ones left out, links walked once`()
    throws
  {
    try withFolder { folder in
      let files = try expandInputs([folder])
      #expect(
        files.map { String($0.path.dropFirst(folder.count)) }
          == ["/a/y.json", "/b/x.json", "/top.jsonl"])
      #expect(files.allSatisfy { !$0.isNamed })
      #expect(try expandInputs([folder + "/top.jsonl", folder]).count == 3)
    }
  }

  @Test func `a pattern gives what it matches, a named file and standard input are named`() throws {
    try withFolder { folder in
      let matches = try expandInputs([folder + "/*/*.json"])
      #expect(matches.count == 2)
      let named = try expandInputs(["-", folder + "/top.jsonl"])
      #expect(named.map(\.isNamed) == [true, true])
    }
  }

  @Test func `a path that is not there is an error`() throws {
    let error = #expect(throws: IngestError.self) { try expandInputs(["/no/such/file.json"]) }
    #expect(error?.description == "'/no/such/file.json' does not exist")
    let pattern = #expect(throws: IngestError.self) { try expandInputs(["/no/such/*.json"]) }
    #expect(pattern?.description == "no file matches '/no/such/*.json'")
  }
}
