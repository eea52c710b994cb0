/// What SQLite said: its extended result code and its words, which name tables and columns but never hold a value.
package struct SQLiteFault: Error, Hashable, Sendable {
  /// The extended result code.
  package var code: Int32
  /// SQLite's words.
  package var words: String

  /// A fault of its parts.
  package init(code: Int32, words: String) {
    self.code = code
    self.words = words
  }

  /// The code without its extension.
  package var primaryCode: Int32 { code & 0xff }
}

/// Why a store could not be opened, written or read. It never holds a value of the data: those may be secrets.
package struct StoreError: Error, Hashable, Sendable {
  /// What went wrong, to switch on.
  package enum Code: Hashable, Sendable {
    /// There is no such file.
    case missing
    /// The path names a folder or a device.
    case notAFile
    /// The file has no bytes.
    case empty
    /// The file is no SQLite database.
    case notSQLite
    /// The file is an SQLite database, but not one of ours, or one whose writing was cut off.
    case notAStore
    /// The file was written by a newer program.
    case newerSchema(found: Int64, known: Int64)
    /// The file was written by an older program, before the first release.
    case olderSchema(found: Int64, known: Int64)
    /// A new store was asked for where a file is.
    case exists
    /// Another process is writing the store, or reads what is to be written.
    case locked
    /// The system does not let us read or write.
    case denied
    /// A writer was killed, and what it left cannot be put in order here.
    case interrupted
    /// No room is left.
    case diskFull
    /// The file's content contradicts itself, or SQLite finds it malformed.
    case damaged
    /// The store was extended while several readers were opened.
    case changed
    /// A source exceeds what a place can name: 1 TiB of bytes, or 8 million sources in one store.
    case tooLarge
    /// The counts of a source do not add up.
    case miscounted(seen: Int, stored: Int, dropped: Int)
    /// A query of the user is wrong.
    case query
    /// Anything else.
    case failed
  }

  /// What went wrong.
  package var code: Code
  /// The store's path as it was given.
  package var path: String
  /// What SQLite said, where it was asked.
  package var fault: SQLiteFault?
  /// What was being done: `in 'b.jsonl'`, `while reading spans`; may be empty.
  package var doing: String
  /// Whether the store was being written.
  package var isWriting: Bool
  /// What of the work is kept; empty where nothing was at stake.
  package var kept: String

  /// An error of its parts.
  package init(
    _ code: Code, _ path: String, fault: SQLiteFault? = nil, doing: String = "",
    isWriting: Bool = false, kept: String = ""
  ) {
    self.code = code
    self.path = path
    self.fault = fault
    self.doing = doing
    self.isWriting = isWriting
    self.kept = kept
  }

  /// The error that a fault of SQLite means.
  package init(
    fault: SQLiteFault, path: String, doing: String, isWriting: Bool = false, kept: String = ""
  ) {
    let code: Code =
      switch fault.primaryCode {
      case 5, 6: .locked  // BUSY, LOCKED
      case 3: .denied  // PERM
      // READONLY, CANTOPEN: that the file is there was seen before
      case 8, 14: StoreFile.isDenied(path, isWriting: isWriting) ? .denied : .failed
      case 11: .damaged  // CORRUPT
      case 13: .diskFull  // FULL
      case 26: .notSQLite  // NOTADB
      default: .failed
      }
    self.init(code, path, fault: fault, doing: doing, isWriting: isWriting, kept: kept)
  }

  /// A content that contradicts itself: `what` says how, without values.
  static func damaged(_ what: String, path: String) -> StoreError {
    StoreError(.damaged, path, doing: what)
  }
}

extension StoreError: CustomStringConvertible {
  /// One sentence: what, where, what was found, what was expected, what is kept.
  package var description: String { sentence + (kept.isEmpty ? "" : "; " + kept) }

  /// What to do, where there is something to do.
  package var hint: String? {
    switch code {
    case .newerSchema: "use a newer culprit, or ingest the original files into a new store"
    case .damaged, .olderSchema: "ingest the original files into a new store"
    case .notAStore:
      "make a store with 'culprit ingest FILES --store \(path)' at a path that is free"
    case .interrupted:
      "copy '\(path)' with the files '\(path)-journal' and '\(path)-wal' beside it to a folder that "
        + "can be written, and read it there"
    case .locked: "wait until it has finished, then run the same command again"
    case .exists: "choose another path, or extend the store that is there"
    default: nil
    }
  }

  private var sentence: String {
    let verb = isWriting ? "write" : "read"
    let inPlace = doing.isEmpty ? "" : " " + doing
    switch code {
    case .missing where isWriting: return "cannot create '\(path)': its folder is not there"
    case .missing: return "cannot open '\(path)': there is no such file"
    case .notAFile: return "cannot open '\(path)': it is not a regular file, a store is one file"
    case .empty: return "'\(path)' is empty; a store is a file written by 'culprit ingest'"
    case .notSQLite:
      return "'\(path)' is no SQLite file; a store is a file written by 'culprit ingest'"
    case .notAStore:
      return "'\(path)' is an SQLite file, but not a whole store of culprit; nothing was changed"
    case .newerSchema(let found, let known):
      return "'\(path)' has store schema \(found), this program reads up to \(known); "
        + "nothing was changed"
    case .olderSchema(let found, let known):
      return "'\(path)' has store schema \(found), this program reads \(known); nothing was changed"
    case .exists: return "cannot create '\(path)': a file of that name is there; it was not changed"
    case .locked:
      return "cannot \(verb) '\(path)': another process is using it"
        + (kept.isEmpty ? "; nothing was changed" : "")
    case .denied: return "cannot \(verb) '\(path)': permission denied\(origin)\(inPlace)"
    case .interrupted:
      return "cannot read '\(path)': an interrupted ingest left it unfinished, and its folder does "
        + "not let it be finished\(origin)"
    case .diskFull: return "cannot \(verb) '\(path)': disk is full\(origin)\(inPlace)"
    case .damaged:
      return "'\(path)' is damaged\(originWithWords)\(doing.isEmpty ? "" : ": " + doing)"
    case .changed: return "'\(path)' was changed while it was read; run the command again"
    case .tooLarge:
      return "cannot \(verb) '\(path)': a source may have 1 TiB and a store 8388607 sources,"
        + " this is more\(inPlace)"
    case .miscounted(let seen, let stored, let dropped):
      return "cannot \(verb) '\(path)': \(seen) records were seen, but \(stored) stored and "
        + "\(dropped) dropped\(inPlace)"
    case .query: return "the query on '\(path)' failed\(originWithWords)"
    case .failed: return "cannot \(verb) '\(path)'\(originWithWords)\(inPlace)"
    }
  }

  private var origin: String { fault.map { " (SQLite \($0.code & 0xff))" } ?? "" }

  private var originWithWords: String {
    fault.map { $0.code == 0 ? ": \($0.words)" : " (SQLite \($0.code): \($0.words))" } ?? ""
  }
}
