/// A piece of a line, as offsets into it.
struct Piece: Sendable {
  var start: Int32 = 0
  var end: Int32 = 0

  var isEmpty: Bool { start == end }

  init() {}
  init(_ start: Int, _ end: Int) {
    self.start = Int32(truncatingIfNeeded: start)
    self.end = Int32(truncatingIfNeeded: end)
  }

  /// The piece of the line that it was found in.
  func of(_ line: Bytes) -> Bytes { line.slice(Int(start), Int(end)) }
}

/// What stands before the message of a line (formats/logs.md 7.1): found once, then pointed into.
struct TextHeader: Sendable {
  /// Headers whose lines are treated in a way of their own.
  enum Kind: UInt8, Sendable {
    case plain
    /// The message begins on the next line.
    case dotnet
    /// `DETAIL:`, `HINT:` … of the same process go on with the record.
    case postgres
    /// Every line of a stack trace has the header.
    case android
  }

  var kind = Kind.plain
  var time: HeaderTime?
  /// OpenTelemetry's number; 0 where no level is named.
  var severity: UInt8 = 0
  var level = Piece()
  var logger = Piece()
  var thread = Piece()
  var pid = Piece()
  /// A thread that is a number.
  var threadID = Piece()
  /// `file.go:12`.
  var file = Piece()
  var host = Piece()
  /// Who writes, where the header names a program: syslog's tag, Sleuth's application.
  var program = Piece()
  /// Ids that the header's form tells without names.
  var trace = Piece()
  var span = Piece()
  var request = Piece()
  /// `k=v k2=v2` of swift-log.
  var metadata = Piece()
  /// Where the message begins.
  var end = 0
  /// Tells headers of one make from others: the forms of time and tokens up to the level.
  var make: UInt64 = 0
  /// PostgreSQL's `DETAIL:`, `HINT:` and their like, which say more of the message before.
  var isCompanion = false
}

/// What most lines of one make have behind the level, where one line alone could be read in two ways.
struct HeaderHabits: Sendable, Hashable {
  /// How a logger's name is told.
  enum Logger: UInt8, Sendable {
    /// There is none, or only such as tell themselves.
    case none
    /// `name: `.
    case colon
    /// `name - `, `name : `.
    case dash
    /// `a.b.c ` alone.
    case dotted
    /// A word with two blanks or more behind it.
    case column
  }

  /// A level in lower case or mixed case stands where a level may stand.
  var hasLooseLevel = false
  /// One word stands between time and level.
  var hasWord = false
  /// So many groups in brackets stand behind the level.
  var brackets: UInt8 = 0
  /// So many fields without blanks end with a `|` behind the time; nil where that was not learned.
  var fields: UInt8?
  var logger = Logger.none
}

/// OpenTelemetry's number of a level's name in any case, in every spelling of text loggers; 0 for other words.
func textLevel(_ word: Bytes) -> UInt8 {
  guard word.count >= 3, word.count <= 13, word[0] | 0x20 &- 0x61 < 26 else { return 0 }
  if word.count <= 8 {
    let packed = (word.word(0) | repeated(0x20)) & (~0 >> UInt64(64 - 8 * word.count))
    for level in shortLevels where level.0 == packed { return level.1 }
    return 0
  }
  return severityNumber(word)
}

/// OpenTelemetry's number of a one-letter level; 0 for other letters.
func letterLevel(_ letter: UInt8) -> UInt8 {
  switch letter {
  case UInt8(ascii: "V"): 1
  case UInt8(ascii: "D"): 5
  case UInt8(ascii: "I"): 9
  case UInt8(ascii: "W"): 13
  case UInt8(ascii: "E"): 17
  case UInt8(ascii: "F"), UInt8(ascii: "A"), UInt8(ascii: "C"): 21
  default: 0
  }
}

/// Names of at most eight letters in lower case, the first letter lowest.
private let shortLevels: [(UInt64, UInt8)] = {
  let names: [(UInt8, [StaticString])] = [
    (9, ["info", "inf", "log", "success"]), (17, ["error", "err", "eror", "severe", "fail"]),
    (13, ["warn", "warning", "wrn"]), (5, ["debug", "dbg", "dbug", "fine", "config"]),
    (5, ["debug1", "debug2", "debug3", "debug4", "debug5"]),
    (1, ["trace", "trc", "trce", "verbose", "finest", "finer"]), (10, ["notice"]),
    (21, ["critical", "crit", "crt", "fatal", "ftl", "panic", "dpanic", "emerg", "alert"]),
  ]
  var levels: [(UInt64, UInt8)] = []
  for (number, words) in names {
    for word in words {
      var packed: UInt64 = 0
      for i in 0..<word.utf8CodeUnitCount {
        packed |= UInt64(unsafe word.utf8Start[i]) << UInt64(8 * i)
      }
      levels.append((packed, number))
    }
  }
  return levels
}()
