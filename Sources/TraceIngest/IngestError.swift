#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Why a file could not be read at all. What is wrong inside a file that can be read is a `Defect`.
package struct IngestError: Error, Sendable, Hashable {
  /// What to switch on.
  package enum Code: String, Sendable, CaseIterable {
    /// There is no such file, or a pattern matches none.
    case notFound
    /// The system refuses to open or to read it.
    case unreadable
    /// It is of no format that we know.
    case unknownFormat
    /// It is of a format that we know and do not read.
    case unreadFormat
    /// It is an archive; its members are what is read.
    case archive
    /// There is nothing in it.
    case empty
    /// It changed while it was read.
    case changed
  }

  /// What to switch on.
  package var code: Code
  /// The path as the user wrote it, or as it was found.
  package var path: String
  /// The format's name, the system's words, or what was found in place of a known format.
  package var detail: String
  /// What to do, where there is something.
  package var hint: String

  /// An error of its parts.
  package init(_ code: Code, path: String, detail: String = "", hint: String = "") {
    self.code = code
    self.path = path
    self.detail = detail
    self.hint = hint
  }

  /// An error in the system's words.
  static func system(_ number: CInt, path: String) -> IngestError {
    let words = unsafe String(cString: strerror(number))
    let detail = words.prefix(1).lowercased() + words.dropFirst()
    return IngestError(number == ENOENT ? .notFound : .unreadable, path: path, detail: detail)
  }
}

extension IngestError: CustomStringConvertible {
  /// The sentence, and a second line with the hint where there is one.
  package var description: String {
    let name = path == "-" ? "standard input" : "'\(path)'"
    let sentence =
      switch code {
      case .notFound where detail.isEmpty && path.contains { "*?[".contains($0) }:
        "no file matches \(name)"
      case .notFound: detail.isEmpty ? "\(name) does not exist" : "cannot find \(name): \(detail)"
      case .unreadable: "cannot read \(name): \(detail)"
      case .unknownFormat: "cannot tell the format of \(name): \(detail)"
      case .unreadFormat: "\(name) holds \(detail), which is not read; nothing of it is stored"
      case .archive: "\(name) holds \(detail) inside an archive or a pipe, which is not read"
      case .empty: "\(name) is empty"
      case .changed: "\(name) changed while it was read: \(detail); nothing of it is stored"
      }
    return hint.isEmpty ? sentence : "\(sentence)\n  hint: \(hint)"
  }
}
