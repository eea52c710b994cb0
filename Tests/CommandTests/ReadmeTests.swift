import Foundation
import Testing

/// README is true: its commands run as they are printed.
struct ReadmeTests {
  static let readme = root.appending(path: "README.md")

  /// Lines of README's code blocks that begin with a word.
  static func lines(startingWith word: String) throws -> [String] {
    let text = try String(contentsOf: readme, encoding: .utf8)
    let blocks = text.components(separatedBy: "```").enumerated().filter { $0.offset % 2 == 1 }
    return blocks.flatMap { $0.element.split(separator: "\n").map(String.init) }
      .filter { $0.hasPrefix(word + " ") }
  }

  @Test func `every command runs as it is printed`() throws {
    let commands = try Self.lines(startingWith: "culprit")
    #expect(commands.count >= 6)
    try inNewFolder { folder in
      try FileManager.default.createSymbolicLink(
        at: folder.appending(path: "samples"), withDestinationURL: root.appending(path: "samples"))
      for command in try commands + Self.lines(startingWith: "sqlite3") {
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", command]
        process.currentDirectoryURL = folder
        var environment = ProcessInfo.processInfo.environment
        let place = URL(filePath: binary).deletingLastPathComponent().path
        environment["PATH"] = "\(place):\(environment["PATH"] ?? "/usr/bin:/bin")"
        process.environment = environment
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let text = String(
          decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "\(command)")
        if !command.contains(" -o "), !command.contains("ingest") {
          #expect(text.contains("inventory") || text.contains("3.12.0"), "\(command): \(text)")
        }
      }
      for name in ["incident.html", "incident.md"] {
        let written = try String(contentsOf: folder.appending(path: name), encoding: .utf8)
        #expect(written.contains("permission denied for table stock"))
      }
    }
  }

  @Test func `its links lead somewhere and it is short`() throws {
    let text = try String(contentsOf: Self.readme, encoding: .utf8)
    #expect(text.split(separator: "\n", omittingEmptySubsequences: false).count <= 200)
    let links = text.matches(of: /\]\(([^)#:]+)\)/)
    #expect(links.count >= 5)
    for link in links {
      let path = root.appending(path: String(link.1)).path
      #expect(FileManager.default.fileExists(atPath: path), "\(link.1)")
    }
  }

  @Test func `its two make commands exist`() throws {
    let makefile = try String(contentsOf: root.appending(path: "Makefile"), encoding: .utf8)
    let targets = try Self.lines(startingWith: "make").map { String($0.dropFirst(5)) }
    #expect(targets == ["report", "test"])
    for target in targets { #expect(makefile.contains("\n\(target):\n")) }
  }
}
