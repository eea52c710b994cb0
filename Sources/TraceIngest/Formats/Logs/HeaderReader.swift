/// Reads the header of one line: time, level, process and thread, logger, then the message.
///
/// What one line alone leaves open is settled by the habits of its make; without them only what tells itself is taken, and
/// the rest stays in the message.
///
/// - Assumes: most lines have a header, most of them of the same make.
@safe struct HeaderReader {
  /// How far into a line a time is looked for (formats/logs.md 7.1).
  static let timeWithin = 48
  /// Tokens that may stand between time and level.
  private static let maxTokens = 6

  let line: Bytes
  var at = 0
  var header = TextHeader()
  /// Inside the bracket that the time opened.
  var isInBracket = false
  /// `---` of Spring Boot was met.
  var sawDashes = false
  /// `|` was met right behind the time.
  var isPiped = false
  /// Nothing is left to be read before the message.
  var isComplete = false

  init(_ line: Bytes) { self.line = line }

  var hasLevel: Bool { header.severity != 0 }
  func byte(_ index: Int) -> UInt8 { index >= 0 && index < line.count ? line[index] : 0 }
  func isBlank(_ index: Int) -> Bool { byte(index) == 0x20 || byte(index) == 0x09 }

  /// Reads the header's certain part: up to the level, or behind the time where no level follows. False where there is none.
  mutating func readStart() -> Bool {
    if findTime() {
      note(UInt64(header.time?.form.rawValue ?? 0) + 1)
      return true
    }
    header = TextHeader()
    at = 0
    isInBracket = false
    return levelAtStart()
  }

  /// Reads what stands behind the certain part.
  mutating func readRest(_ habits: HabitTable) {
    if header.time != nil, !hasLevel { beforeLevel(habits[header.make]) }
    if !isComplete { afterLevel(habits[header.make]) }
    if !hasLevel { phpLevel() }
    settleKind()
    header.end = min(at, line.count)
  }

  mutating func note(_ token: UInt64) {
    header.make = (header.make ^ token) &* 0x0000_0100_0000_01b3 &+ 0x9e37
  }

  // MARK: Time

  /// Finds the first time within the first bytes; before it only words that no sentence begins with, levels and brackets.
  private mutating func findTime() -> Bool {
    if let letter = rubyLevel() {
      header.severity = letter
      header.level = Piece(0, 1)
      at = 3
    }
    var tokens = 0
    while at < min(Self.timeWithin, line.count), tokens < 4 {
      let c = line[at]
      if let time = headerTime(line, at) {
        take(time)
        return true
      }
      if c == 0x20 || c == 0x09 || c == 0x7c {
        at += 1
      } else if c == 0x5b || c == 0x28 {
        if let time = headerTime(line, at + 1) {
          isInBracket = true
          take(time)
          return true
        }
        guard let close = closing(at), takeGroup(at + 1, close) else { return false }
        at = close + 1
        tokens += 1
        note(0x5b)
      } else {
        guard takePrefix() else { return false }
        tokens += 1
        note(0x77)
      }
    }
    return false
  }

  /// Ruby's `E, [`.
  private func rubyLevel() -> UInt8? {
    guard line.count > 24, line[1] == 0x2c, line[2] == 0x20, line[3] == 0x5b else { return nil }
    let level = letterLevel(line[0])
    return level == 0 ? nil : level
  }

  private mutating func take(_ time: HeaderTime) {
    header.time = time
    if time.form == .glog {
      let start = isInBracket ? at + 1 : at
      header.severity = letterLevel(line[start])
      header.level = Piece(start, start + 1)
    }
    at = time.end
    if at < line.count, line[at] == 0x5d || line[at] == 0x29, isInBracket {
      at += 1
      isInBracket = false
    }
    if byte(at) == 0x7c { isPiped = true }
    takeZoneName()
  }

  /// `CET`, which says nothing that we would trust, stands between time and level.
  private mutating func takeZoneName() {
    guard byte(at) == 0x20, header.time?.hasZone == false else { return }
    var end = at + 1
    while end < line.count, line[end] &- 0x41 < 26 { end += 1 }
    guard (3...4).contains(end - at - 1), isBlank(end) || byte(end) == 0x5d,
      let last = header.time?.form, last == .iso,
      line[end - 1] == UInt8(ascii: "T"), textLevel(line.slice(at + 1, end)) == 0,
      byte(end + 1) == 0x5b || byte(end) == 0x5d
    else { return }
    at = end
    if byte(at) == 0x5d, isInBracket {
      at += 1
      isInBracket = false
    }
  }

  /// A word before the time: a level, a number, or one that is no plain word.
  private mutating func takePrefix() -> Bool {
    let end = wordEnd(at)
    let word = line.slice(at, end)
    if !hasLevel, let level = strictLevel(word) {
      header.severity = level.number
      header.level = Piece(at, at + level.length)
      at = end
      return true
    }
    var isPlain = true
    for i in 0..<word.count where !(word[i] | 0x20 &- 0x61 < 26) { isPlain = false }
    // `time=…`, a URL, a sentence's end are none either.
    if isPlain && word.count > 1 || word.count > 44 || word[word.count - 1] == 0x2c
      || word[word.count - 1] == 0x3a || word.firstIndex(of: 0x3d, from: 0) != nil
      || word.firstIndex(of: 0x22, from: 0) != nil
    {
      return false
    }
    at = end
    return true
  }

  // MARK: Words

  /// The end of the word at an index: a blank, a tab, a bar, or the bracket that holds the header.
  func wordEnd(_ start: Int) -> Int {
    var end = start
    while end < line.count, line[end] != 0x20, line[end] != 0x09, line[end] != 0x7c {
      if isInBracket, line[end] == 0x5d { break }
      end += 1
    }
    return end
  }

  /// The bracket that closes the one at an index, in sight.
  func closing(_ open: Int) -> Int? {
    let close: UInt8 = line[open] == 0x5b ? 0x5d : line[open] == 0x28 ? 0x29 : 0x3e
    var depth = 0
    var i = open
    let end = min(line.count, open + 200)
    while i < end {
      if line[i] == line[open] { depth += 1 }
      if line[i] == close {
        depth -= 1
        if depth == 0 { return i }
      }
      i += 1
    }
    return nil
  }

  /// The level that a word begins with, and its length: upper case, perhaps with `:`, `,` or `/name` behind it.
  func strictLevel(_ word: Bytes) -> (number: UInt8, length: Int)? {
    var length = 0
    while length < word.count, word[length] &- 0x41 < 26 { length += 1 }
    if length >= 3 {
      // PostgreSQL's DEBUG1 to DEBUG5.
      if length < word.count, word[length] &- 0x31 < 5, word.starts(with: "DEBUG") { length += 1 }
      let number = textLevel(word.slice(0, length))
      guard number != 0, length == word.count || [0x3a, 0x2c, 0x2f, 0x5d].contains(word[length])
      else { return nil }
      return (number, length)
    }
    return nil
  }

  /// The level that a word in any case begins with.
  func looseLevel(_ word: Bytes) -> (number: UInt8, length: Int)? {
    var length = 0
    while length < word.count, word[length] | 0x20 &- 0x61 < 26 { length += 1 }
    guard length >= 3, length == word.count || word[length] == 0x3a || word[length] == 0x2c else {
      return nil
    }
    let number = textLevel(word.slice(0, length))
    return number == 0 ? nil : (number, length)
  }

  /// Skips blanks, and signs that stand alone: `-`, `--`, `---`, `|`, `:`, `,`.
  mutating func skipSeparators() {
    while at < line.count {
      let c = line[at]
      if c == 0x20 || c == 0x09 {
        at += 1
      } else if c == 0x2d {
        var end = at
        while end < line.count, line[end] == 0x2d { end += 1 }
        guard end == line.count || isBlank(end), end - at <= 3 else { return }
        if end - at == 3 { sawDashes = true }
        at = end
      } else if c == 0x7c || (c == 0x3a || c == 0x2c) && (at + 1 == line.count || isBlank(at + 1)) {
        at += 1
      } else {
        return
      }
    }
  }

  // MARK: Between time and level

  /// Walks to the level; where there is none, nothing behind the time is taken.
  mutating func beforeLevel(_ habits: HeaderHabits) {
    if isPiped, let fields = habits.fields { return takeFields(Int(fields)) }
    let saved = (header, at, isInBracket)
    var words = 0
    for _ in 0..<Self.maxTokens {
      skipSeparators()
      guard at < line.count else { break }
      if isInBracket, line[at] == 0x5d {
        at += 1
        isInBracket = false
        if byte(saved.1) != 0x5d { continue }
      }
      if takeToken(habits, &words) {
        if hasLevel { return note(0x4c) }
      } else {
        break
      }
    }
    (header, at, isInBracket) = saved
    if isPiped { return takeFields(2) }
    if isInBracket, let close = line.firstIndex(of: 0x5d, from: at), close < 120 {
      at = close + 1
      isInBracket = false
    }
  }

  /// One token on the way to the level; false where the message begins.
  private mutating func takeToken(_ habits: HeaderHabits, _ words: inout Int) -> Bool {
    let c = line[at]
    if c == 0x5b || c == 0x3c || c == 0x28 {
      guard let close = closing(at), c == 0x5b || close - at < 40 else { return false }
      takeGroup(at + 1, close)
      at = close + 1
      return true
    }
    let end = wordEnd(at)
    let word = line.slice(at, end)
    if let level = levelHere(word, habits) {
      header.severity = level.number
      header.level = Piece(at, at + level.length)
      at += level.length
      afterLevelWord(end)
      return true
    }
    if takeNumber(word, end) { return true }
    return takeName(word, end, habits, &words)
  }

  /// The level at the position, told by its case, by what follows it, or by habit.
  private func levelHere(_ word: Bytes, _ habits: HeaderHabits) -> (number: UInt8, length: Int)? {
    if word.count == 1, header.time?.form == .monthDay {
      let number = letterLevel(word[0])
      return number == 0 ? nil : (number, 1)
    }
    if let level = strictLevel(word) { return level }
    if !header.pid.isEmpty, let length = companion(word) { return (Self.companionLevel, length) }
    guard let level = looseLevel(word) else { return nil }
    if habits.hasLooseLevel { return level }
    let isLower = word[0] | 0x20 == word[0]
    let next = at + level.length
    if level.length < word.count { return isLower && byte(next) == 0x3a ? level : nil }
    let isColumn =
      byte(next) == 0x09 || byte(next) == 0x7c || byte(next) == 0x20 && isBlank(next + 1)
      || byte(next + 1) == 0x5b || byte(next + 1) == 0x7c
      || byte(next + 1) == 0x2d && isBlank(next + 2)
    return isColumn || isLower && isSwiftLog(next) ? level : nil
  }

  /// Stands for a level where PostgreSQL writes `DETAIL:` in its place.
  private static let companionLevel: UInt8 = 255
  private static let companions: [StaticString] = [
    "DETAIL:", "HINT:", "STATEMENT:", "CONTEXT:", "QUERY:", "LOCATION:",
  ]

  private func companion(_ word: Bytes) -> Int? {
    guard word.count >= 5, word.count <= 10, word[word.count - 1] == 0x3a,
      Self.companions.contains(where: { word.equals($0) })
    else { return nil }
    return word.count - 1
  }

  /// Tells headers whose lines are treated in a way of their own.
  private mutating func settleKind() {
    let level = header.level
    guard let time = header.time, !level.isEmpty else { return }
    if header.severity == Self.companionLevel {
      header.severity = 0
      header.isCompanion = true
      header.kind = .postgres
    } else if time.form == .iso, !header.pid.isEmpty, byte(Int(level.end)) == 0x3a,
      byte(Int(level.end) + 1) == 0x20, byte(Int(level.end) + 2) == 0x20
    {
      header.kind = .postgres
    } else if time.form == .monthDay, level.end - level.start == 1 {
      header.kind = .android
    }
  }

  /// `PHP Fatal error:  …`: the level is part of the message.
  private mutating func phpLevel() {
    let message = line.slice(min(at, line.count), line.count)
    guard message.count > 8, message.starts(with: "PHP ") else { return }
    let rest = message.slice(4, message.count)
    let levels: [(StaticString, UInt8)] = [
      ("Fatal error:", 21), ("Parse error:", 21), ("Recoverable fatal error:", 21),
      ("Warning:", 13), ("Notice:", 10), ("Deprecated:", 13),
    ]
    for (word, number) in levels where rest.starts(with: word) {
      header.severity = number
      header.level = Piece(at + 4, at + 4 + word.utf8CodeUnitCount - 1)
    }
  }

  /// Whether swift-log's label follows a level: a word and a colon, behind a time whose zone has no colon.
  private func isSwiftLog(_ start: Int) -> Bool {
    guard let time = header.time, time.form == .iso, time.hasZone, time.end >= 5,
      byte(time.end - 5) == 0x2b || byte(time.end - 5) == 0x2d
    else { return false }
    let end = wordEnd(start + 1)
    return end > start + 1
      && (byte(end - 1) == 0x3a || byte(end) == 0x20 && byte(end + 1) == 0x3a)
  }

  /// `:` behind a level, `/name` of Celery, `,` before Ruby's bracket.
  private mutating func afterLevelWord(_ end: Int) {
    if byte(at) == 0x2f {
      header.thread = Piece(at + 1, end)
      at = end
    } else if byte(at) == 0x3a || byte(at) == 0x2c {
      at += 1
    }
  }

  /// `42`, `#42`, `42#42:`.
  private mutating func takeNumber(_ word: Bytes, _ end: Int) -> Bool {
    var from = 0
    if word.count > 1, word[0] == 0x23 { from = 1 }
    var to = from
    while to < word.count, word[to] &- 0x30 < 10 { to += 1 }
    guard to > from, to - from <= 10 else { return false }
    if to < word.count {
      guard word[to] == 0x23, word[word.count - 1] == 0x3a else { return false }
      header.threadID = Piece(at + to + 1, end - 1)
    }
    let piece = Piece(at + from, at + to)
    if header.pid.isEmpty { header.pid = piece } else { header.threadID = piece }
    at = end
    note(0x39)
    return true
  }

  /// A name between time and level: before a separator, or of a form that no sentence has.
  private mutating func takeName(
    _ word: Bytes, _ end: Int, _ habits: HeaderHabits, _ words: inout Int
  ) -> Bool {
    guard word.count > 0, word.count <= 80 else { return false }
    let isSeparated =
      byte(end) == 0x7c || byte(end) == 0x09
      || isBlank(end) && (byte(end + 1) == 0x2d || byte(end + 1) == 0x7c || byte(end + 1) == 0x3a)
        && isBlank(end + 2)
    let isSpecial =
      isName(word) && isStrongName(word) || word.firstIndex(of: 0x3d, from: 1) != nil
      || word.firstIndex(of: 0x40, from: 1) != nil
    guard isSeparated || isSpecial || habits.hasWord && words == 0 else { return false }
    words += 1
    if isName(word), header.logger.isEmpty { header.logger = Piece(at, end) }
    at = end
    note(0x6e)
    return true
  }

  /// Fields that end with a bar.
  private mutating func takeFields(_ count: Int) {
    for _ in 0..<count {
      var start = at
      while byte(start) == 0x20 || byte(start) == 0x7c { start += 1 }
      let end = wordEnd(start)
      guard byte(end) == 0x7c, end > start else { break }
      let word = line.slice(start, end)
      at = start
      if let level = looseLevel(word), !hasLevel {
        header.severity = level.number
        header.level = Piece(start, end)
      } else if !takeNumber(word, end), header.logger.isEmpty {
        header.logger = Piece(start, end)
      }
      at = end
    }
    if byte(at) == 0x7c { at += 1 }
  }
}
