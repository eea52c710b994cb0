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
  /// Where a member of an archive is read from; nil for all else.
  var member: MemberHandle?
  /// Whether it is the member of an archive, which can be read once.
  package var isMember: Bool { member != nil }

  /// A file of its parts.
  package init(path: String, isNamed: Bool) {
    self.path = path
    self.isNamed = isNamed
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
  func add(_ path: String, isNamed: Bool) {
    if known.insert(path).inserted { files.append(InputFile(path: path, isNamed: isNamed)) }
  }
  for argument in arguments {
    if argument == "-" {
      add(argument, isNamed: true)
      continue
    }
    switch kind(of: argument) {
    case .folder:
      for path in walk(argument) { add(path, isNamed: false) }
    case .file: add(argument, isNamed: true)
    case .nothing:
      let matches = argument.contains { "*?[".contains($0) } ? expand(argument) : []
      if matches.isEmpty { throw IngestError(.notFound, path: argument) }
      for match in matches {
        if kind(of: match) == .folder {
          for path in walk(match) { add(path, isNamed: false) }
        } else {
          add(match, isNamed: false)
        }
      }
    }
  }
  return files
}

private enum PathKind {
  case file, folder, nothing
}

private func kind(of path: String) -> PathKind {
  var status = stat()
  guard unsafe stat(path, &status) == 0 else { return .nothing }
  return status.st_mode & S_IFMT == S_IFDIR ? .folder : .file
}

/// Bytes of a regular file, nil for anything else.
package func regularSize(_ path: String) -> Int? {
  var status = stat()
  guard unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
  return Int(status.st_size)
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
private func walk(_ folder: String) -> [String] {
  var files: [String] = []
  var waiting = [folder]
  var visited: Set<FolderID> = []
  while let next = waiting.popLast() {
    guard let id = folderID(next), visited.insert(id).inserted else { continue }
    for name in names(in: next) {
      let path = next.hasSuffix("/") ? next + name : next + "/" + name
      switch kind(of: path) {
      case .folder: waiting.append(path)
      case .file: files.append(path)
      case .nothing: break
      }
    }
  }
  return files.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
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
