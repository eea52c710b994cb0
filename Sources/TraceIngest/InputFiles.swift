#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A file to read.
package struct InputFile: Sendable {
  /// Its path; `-` is standard input, `archive!name` the member of an archive.
  package var path: String
  /// Whether the user named it, or it was found in a folder, by a pattern or in an archive.
  package var isNamed: Bool
  /// Bytes on disk when it was listed, or of a small member of an archive; nil for what is no regular file.
  package var bytes: Int?
  /// Where a member of an archive is read from; nil for all else.
  var member: MemberHandle?
  /// Whether it is the member of an archive, which can be read once.
  package var isMember: Bool { member != nil }

  /// A file of its parts.
  package init(path: String, isNamed: Bool, bytes: Int? = nil) {
    self.path = path
    self.isNamed = isNamed
    self.bytes = bytes
  }
}

/// The files that a person means: files, folders with all that lies below them, patterns, `-` for standard input.
///
/// Hidden files and folders are left out, folders are walked once whatever links lead to them. Each file is listed once;
/// what is found in a folder or by a pattern is sorted by path. Pipes, sockets and devices are listed like files: those that
/// were named are read, those that were found are refused without being opened.
///
/// - Throws: `notFound` for a path that does not exist and a pattern without a match.
package func expandInputs(_ arguments: [String]) throws(IngestError) -> [InputFile] {
  var files: [InputFile] = []
  var known: Set<String> = []
  func add(_ file: InputFile) {
    if known.insert(file.path).inserted { files.append(file) }
  }
  for argument in arguments {
    if argument == "-" {
      add(InputFile(path: argument, isNamed: true))
      continue
    }
    switch kind(of: argument) {
    case .folder:
      for file in walk(argument) { add(file) }
    case .file(let bytes): add(InputFile(path: argument, isNamed: true, bytes: bytes))
    case .nothing:
      let matches = argument.contains { "*?[".contains($0) } ? expand(argument) : []
      if matches.isEmpty { throw IngestError(.notFound, path: argument) }
      for match in matches {
        switch kind(of: match) {
        case .folder: for file in walk(match) { add(file) }
        case .file(let bytes): add(InputFile(path: match, isNamed: false, bytes: bytes))
        case .nothing: add(InputFile(path: match, isNamed: false))
        }
      }
    }
  }
  return files
}

private enum PathKind {
  /// Bytes of a regular file, nil of anything else that can be opened.
  case file(bytes: Int?)
  case folder, nothing
}

private func kind(of path: String) -> PathKind {
  var status = stat()
  guard unsafe stat(path, &status) == 0 else { return .nothing }
  switch status.st_mode & S_IFMT {
  case S_IFDIR: return .folder
  case S_IFREG: return .file(bytes: Int(status.st_size))
  default: return .file(bytes: nil)
  }
}

/// Bytes of a regular file, nil for anything else.
package func regularSize(_ path: String) -> Int? {
  if case .file(let bytes) = kind(of: path) { bytes } else { nil }
}

/// What tells one folder from another.
private struct FolderID: Hashable {
  var device: UInt64
  var node: UInt64
}

private func folderID(_ path: String) -> FolderID? {
  var status = stat()
  guard unsafe stat(path, &status) == 0 else { return nil }
  return FolderID(
    device: UInt64(truncatingIfNeeded: status.st_dev),
    node: UInt64(truncatingIfNeeded: status.st_ino))
}

/// All files below a folder, sorted by path.
private func walk(_ folder: String) -> [InputFile] {
  var files: [InputFile] = []
  var waiting = [folder]
  var visited: Set<FolderID> = []
  while let next = waiting.popLast() {
    guard let id = folderID(next), visited.insert(id).inserted else { continue }
    for name in names(in: next) {
      let path = next.hasSuffix("/") ? next + name : next + "/" + name
      switch kind(of: path) {
      case .folder: waiting.append(path)
      case .file(let bytes):
        files.append(InputFile(path: path, isNamed: false, bytes: bytes))
      case .nothing: break
      }
    }
  }
  return files.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
}

/// The names in a folder, hidden ones left out, sorted so that the way through links is always the same.
private func names(in folder: String) -> [String] {
  guard let handle = unsafe opendir(folder) else { return [] }
  defer { unsafe closedir(handle) }
  var names: [String] = []
  while let entry = unsafe readdir(handle) {
    let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
      unsafe $0.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
    }
    if !name.hasPrefix(".") { names.append(name) }
  }
  return names.sorted { $1.utf8.lexicographicallyPrecedes($0.utf8) }
}

/// What a pattern matches, sorted.
private func expand(_ pattern: String) -> [String] {
  var result = unsafe glob_t()
  defer { unsafe globfree(&result) }
  guard unsafe glob(pattern, 0, nil, &result) == 0 else { return [] }
  var paths: [String] = []
  for index in 0..<Int(unsafe result.gl_pathc) {
    if let path = unsafe result.gl_pathv[index] { paths.append(unsafe String(cString: path)) }
  }
  return paths.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
}
