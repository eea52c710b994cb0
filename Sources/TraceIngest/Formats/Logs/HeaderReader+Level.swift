/// Headers without a time.
extension HeaderReader {
  /// `LEVEL:logger:m`, `LEVEL: m`, `LEVEL m`, `[ LEVEL ] m`, `fail: Category[1]`; false where the line begins otherwise.
  mutating func levelAtStart() -> Bool {
    guard line.count >= 4 else { return false }
    let c = line[0]
    if c == 0x5b {
      guard let close = closing(0), close <= 12 else { return false }
      takeGroup(1, close)
      guard hasLevel else {
        header = TextHeader()
        return false
      }
      at = close + 1
      note(0x5b4c)
      return true
    }
    guard c | 0x20 &- 0x61 < 26 else { return false }
    let end = wordEnd(0)
    let word = line.slice(0, end)
    if c | 0x20 == c { return lowerLevel(word, end) }
    guard let level = strictLevel(word), byte(level.length) != 0x2f, byte(level.length) != 0x5d,
      byte(level.length) == 0x3a || isPlainLevel(word)
    else { return false }
    header.severity = level.number
    header.level = Piece(0, level.length)
    at = level.length
    note(0x4c)
    if byte(at) == 0x3a, at + 1 < line.count, !isBlank(at + 1) {
      pythonLogger()
    } else if byte(at) == 0x3a || byte(at) == 0x2c {
      at += 1
    }
    return true
  }

  /// Whether a word alone at the start of a line is a level: `FAIL src/a.js` and `LOG in first` are sentences.
  private func isPlainLevel(_ word: Bytes) -> Bool {
    let names: [StaticString] = [
      "trace", "debug", "info", "warn", "warning", "error", "fatal", "critical",
    ]
    return names.contains { word.equalsIgnoringCase($0) }
  }

  /// Python's `LEVEL:logger:m`.
  private mutating func pythonLogger() {
    at += 1
    let start = at
    let end = line.slice(0, wordEnd(start)).firstIndex(of: 0x3a, from: start)
    if let end, isName(line.slice(start, end)) {
      header.logger = Piece(start, end)
      at = end + 1
    }
    isComplete = true
  }

  /// .NET's `fail: Category[1]`, winston's `error: m`.
  private mutating func lowerLevel(_ word: Bytes, _ end: Int) -> Bool {
    guard word[word.count - 1] == 0x3a, byte(end) == 0x20 else { return false }
    let number = textLevel(word.slice(0, word.count - 1))
    guard number != 0 else { return false }
    header.severity = number
    header.level = Piece(0, word.count - 1)
    at = end + 1
    note(0x6c)
    let category = line.slice(at, line.count)
    if category.count > 2, category[category.count - 1] == 0x5d,
      let open = category.lastIndex(of: 0x5b, from: 1), isName(category.slice(0, open)),
      digits(category, open + 1, category.count - 1) != nil
    {
      header.kind = .dotnet
      header.logger = Piece(at, at + open)
      at = line.count
    } else {
      // The word may as well begin a sentence: it stays in the message.
      at = 0
    }
    isComplete = true
    return true
  }
}
