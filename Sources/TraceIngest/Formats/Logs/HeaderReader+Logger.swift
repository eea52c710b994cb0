/// The logger's name, or what stands in its place: a file, a program, the spans of Rust's tracing.
extension HeaderReader {
  /// A name that was found, and where the header goes on behind it.
  struct Name {
    var name = Piece()
    var file = Piece()
    var pid = Piece()
    /// Behind the name and its sign.
    var end: Int
    var form: HeaderHabits.Logger
    /// It tells itself: no message begins so.
    var isStrong: Bool
  }

  /// The logger's name at the position, as far as it tells itself or is habit.
  func loggerName(_ habits: HeaderHabits) -> Name? {
    guard let name = nameHere(column: habits.logger == .column) else { return nil }
    if name.form == habits.logger { return name }
    if hasLevel { return name.isStrong ? name : nil }
    // Without a level, only Go's `file.go:12: ` tells itself.
    return name.isStrong && !name.file.isEmpty ? name : nil
  }

  mutating func take(_ name: Name) {
    if !name.name.isEmpty, header.logger.isEmpty { header.logger = name.name }
    if !name.file.isEmpty { header.file = name.file }
    if !name.pid.isEmpty, header.pid.isEmpty { header.pid = name.pid }
    at = name.end
  }

  /// What may be a logger's name at the position.
  ///
  /// - Parameter column: two blanks behind a word say that it is one.
  func nameHere(column: Bool = true) -> Name? {
    let end = wordEnd(at)
    let word = line.slice(at, end)
    guard word.count > 0, word.count <= 160 else { return nil }
    if hasLevel, let spans = tracingSpans() { return spans }
    if let file = fileName(word, end) { return file }
    if word[word.count - 1] == 0x3a { return colonName(at, end - 1, end, isTag: false) }
    var sign = end
    while byte(sign) == 0x20 { sign += 1 }
    if sign > end, byte(sign) == 0x3a || byte(sign) == 0x2d, isBlank(sign + 1), isName(word) {
      if byte(sign) == 0x3a {
        return colonName(at, end, sign + 1, isTag: header.time?.form == .monthDay)
      }
      return Name(
        name: Piece(at, end), end: sign + 1, form: .dash, isStrong: isStrongName(word))
    }
    guard isName(word) else { return nil }
    if column, sign > end + 1, byte(sign) != 0 {
      return Name(name: Piece(at, end), end: sign, form: .column, isStrong: false)
    }
    if byte(end) == 0x09, byte(at - 1) == 0x09 {
      return Name(name: Piece(at, end), end: end + 1, form: .column, isStrong: true)
    }
    if isStrongName(word), word.firstIndex(of: 0x2e, from: 0) != nil {
      return Name(
        name: Piece(at, end), end: end, form: .dotted,
        isStrong: byte(end) == 0x20 && byte(end + 1) == 0x5b)
    }
    return nil
  }

  /// `name:`, `name[42]:`; of Android's tags and swift-log's labels any word is one.
  private func colonName(_ start: Int, _ end: Int, _ next: Int, isTag: Bool) -> Name? {
    guard end > start else { return nil }
    var nameEnd = end
    var pid = Piece()
    if line[end - 1] == 0x5d, let open = line.slice(0, end).lastIndex(of: 0x5b, from: start),
      digits(line, open + 1, end - 1) != nil, end - open < 20, end - 1 > open + 1
    {
      pid = Piece(open + 1, end - 1)
      nameEnd = open
    }
    let name = line.slice(start, nameEnd)
    guard isName(name), textLevel(name) == 0 else { return nil }
    let isAndroid = header.time?.form == .monthDay && header.level.end - header.level.start == 1
    return Name(
      name: Piece(start, nameEnd), pid: pid, end: next, form: .colon,
      isStrong: isTag || isAndroid || !pid.isEmpty || isStrongName(name)
        || isSwiftLabel(next))
  }

  /// Whether what stands behind a colon is swift-log's metadata and module.
  private func isSwiftLabel(_ start: Int) -> Bool {
    guard header.level.start > 0, let time = header.time, time.form == .iso, time.hasZone else {
      return false
    }
    return metadataEnd(start) != nil
  }

  /// `file.go:12: `, `file.go:12] `, `file.go:12<tab>`.
  private func fileName(_ word: Bytes, _ end: Int) -> Name? {
    var last = word.count
    let sign = word[last - 1]
    if sign == 0x3a || sign == 0x5d {
      last -= 1
    } else if byte(end) != 0x09 && !(byte(end) == 0x20 && byte(end + 1) == 0x3e) {
      return nil
    }
    var first = last
    while first > 0, word[first - 1] &- 0x30 < 10 { first -= 1 }
    guard first < last, first > 2, word[first - 1] == 0x3a,
      let dot = word.slice(0, first - 1).lastIndex(of: 0x2e, from: 1), first - 1 - dot <= 6,
      first - 1 > dot + 1
    else { return nil }
    for i in dot + 1..<first - 1 where !(word[i] | 0x20 &- 0x61 < 26) { return nil }
    var start = at
    if word[0] == 0x5b { start += 1 }
    return Name(
      file: Piece(start, at + last),
      end: byte(end) == 0x20 && byte(end + 1) == 0x3e ? end + 2 : end,
      form: .colon, isStrong: true)
  }

  /// `outer{k=v}:inner{k=v}: target: ` of Rust's tracing.
  private func tracingSpans() -> Name? {
    var i = at
    var spans = 0
    while spans < 16 {
      let start = i
      while isIDByte(byte(i)) || byte(i) == 0x5f || byte(i) == 0x3a && byte(i + 1) == 0x3a
        || byte(i) == 0x3a && byte(i - 1) == 0x3a
      {
        i += 1
      }
      guard i > start, byte(i) == 0x7b else { break }
      var depth = 0
      while i < line.count, i - at < 2000 {
        if line[i] == 0x7b { depth += 1 }
        if line[i] == 0x7d { depth -= 1 }
        i += 1
        if depth == 0 { break }
      }
      guard depth == 0, byte(i) == 0x3a else { return nil }
      i += 1
      spans += 1
    }
    guard spans > 0 else { return nil }
    let target = byte(i) == 0x20 ? i + 1 : i
    var end = target
    while isIDByte(byte(end)) || byte(end) == 0x5f || byte(end) == 0x3a && byte(end + 1) != 0x20 {
      end += 1
    }
    if end > target, byte(end) == 0x3a {
      return Name(name: Piece(target, end), end: end + 1, form: .colon, isStrong: true)
    }
    return Name(end: target, form: .colon, isStrong: true)
  }

  /// Whether a word may be a logger's name.
  func isName(_ word: Bytes) -> Bool {
    guard word.count > 0, word.count <= 120, isIDByte(word[0]) || word[0] == 0x5f else {
      return false
    }
    for i in 1..<word.count {
      let c = word[i]
      if isIDByte(c) { continue }
      switch c {
      case 0x23, 0x24, 0x2d, 0x2e, 0x2f, 0x3a, 0x3c, 0x3e, 0x5f, 0x7e: continue
      default: return false
      }
    }
    return true
  }

  /// Whether a name is one that a sentence would not begin with: a dot, `::`, a dollar, a slash or an underscore inside.
  func isStrongName(_ word: Bytes) -> Bool {
    guard word.count > 2, word[0] | 0x20 &- 0x61 < 26 || word[0] == 0x5f else { return false }
    for i in 1..<word.count - 1 {
      switch word[i] {
      case 0x2e, 0x5f, 0x24: return true
      case 0x2f: if word[i - 1] != 0x3a, word[i - 1] != 0x2f { return true }
      case 0x3a: if word[i + 1] == 0x3a { return true }
      default: continue
      }
    }
    return false
  }

  // MARK: Loggers with a form of their own

  /// Whether `42 --- ` stands here.
  func isSpringPID() -> Bool {
    var i = at
    while byte(i) &- 0x30 < 10 { i += 1 }
    return i > at && i - at < 10 && byte(i) == 0x20 && byte(i + 1) == 0x2d && byte(i + 2) == 0x2d
      && byte(i + 3) == 0x2d && byte(i + 4) == 0x20
  }

  mutating func takeNumberWord() {
    let end = wordEnd(at)
    if header.pid.isEmpty { header.pid = Piece(at, end) }
    at = end
  }

  /// Spring Boot behind `---`: groups (application, thread, ids), then the logger up to ` : `.
  mutating func springRest() -> Bool {
    let saved = (header, at)
    skipSeparators()
    var groups: [Piece] = []
    while byte(at) == 0x5b, groups.count < 5, let close = closing(at) {
      let (trace, request) = (header.trace, header.request)
      let thread = header.thread
      takeGroup(at + 1, close)
      if header.trace.start == trace.start, header.request.start == request.start {
        groups.append(Piece(at + 1, close))
        header.thread = thread
      }
      at = close + 1
      while byte(at) == 0x20 { at += 1 }
    }
    // The last group that is no id is the thread; one before it is the application.
    if let thread = groups.last { header.thread = trimmed(thread) }
    if groups.count > 1 { header.program = trimmed(groups[0]) }
    let end = wordEnd(at)
    var sign = end
    while byte(sign) == 0x20 { sign += 1 }
    guard end > at, byte(sign) == 0x3a, sign > end else {
      (header, at) = saved
      return false
    }
    header.logger = Piece(at, end)
    at = sign + 1
    skipMessageBlanks()
    return true
  }

  private func trimmed(_ piece: Piece) -> Piece {
    var (start, end) = (Int(piece.start), Int(piece.end))
    while start < end, line[start] == 0x20 { start += 1 }
    while end > start, line[end - 1] == 0x20 { end -= 1 }
    return Piece(start, end)
  }

  /// Ruby: ` #42] ERROR -- prog: m`, whose level was told by its letter.
  mutating func rubyRest() {
    while byte(at) == 0x20 { at += 1 }
    if byte(at) == 0x23 {
      let end = wordEnd(at)
      header.pid = Piece(at + 1, byte(end - 1) == 0x5d ? end - 1 : end)
      at = end
    }
    if byte(at) == 0x5d { at += 1 }
    isInBracket = false
    while byte(at) == 0x20 { at += 1 }
    let end = wordEnd(at)
    if let level = looseLevel(line.slice(at, end)) {
      header.severity = level.number
      header.level = Piece(at, at + level.length)
      at = end
    } else if line.slice(at, end).equals("ANY") {
      at = end
    }
    skipSeparators()
    if byte(at - 1) != 0x3a, let colon = line.firstIndex(of: 0x3a, from: at), colon - at <= 60,
      isBlank(colon + 1) || colon + 1 == line.count
    {
      header.logger = Piece(at, colon)
      at = colon + 1
    }
    skipMessageBlanks()
    if byte(at) == 0x5b, let close = closing(at), close - at == 37 {
      // Rails' tag: the request.
      takeGroup(at + 1, close)
      at = close + 1
      skipMessageBlanks()
    }
  }

  /// Syslog without priority: host, then `tag[42]: ` or `tag (group[42]): `.
  mutating func syslogRest() -> Bool {
    let saved = (header, at)
    let hostEnd = wordEnd(at)
    guard hostEnd > at, byte(hostEnd) == 0x20, line[hostEnd - 1] != 0x3a else { return false }
    header.host = Piece(at, hostEnd)
    var i = hostEnd + 1
    let start = i
    while i < line.count, i - start < 100,
      line[i] != 0x3a || !(isBlank(i + 1) || i + 1 == line.count)
    {
      if line[i] == 0x20, byte(i + 1) != 0x28 { break }
      i += 1
    }
    guard byte(i) == 0x3a, i > start else {
      (header, at) = saved
      return false
    }
    var nameEnd = start
    while nameEnd < i, line[nameEnd] != 0x5b, line[nameEnd] != 0x20 { nameEnd += 1 }
    header.program = Piece(start, nameEnd)
    if line[nameEnd] == 0x5b, let close = closing(nameEnd), digits(line, nameEnd + 1, close) != nil
    {
      header.pid = Piece(nameEnd + 1, close)
    }
    at = i + 1
    skipMessageBlanks()
    return true
  }

  /// swift-log's metadata and module: `k=v k2=v2 [Module] `.
  mutating func swiftLogMetadata() {
    guard header.level.start > 0, let end = metadataEnd(at), let time = header.time,
      time.form == .iso
    else { return }
    let group = line.slice(0, end).lastIndex(of: 0x5b, from: at) ?? at
    if group > at { header.metadata = Piece(at, group) }
    at = end
    skipMessageBlanks()
  }

  /// The end of `k=v … [Module]` from an index on; nil where it stands not there.
  private func metadataEnd(_ start: Int) -> Int? {
    var i = start
    while byte(i) == 0x20 { i += 1 }
    if byte(i) == 0x3a { i += 1 }
    var sawPair = false
    while i < line.count {
      while byte(i) == 0x20 { i += 1 }
      if byte(i) == 0x5b {
        guard let close = closing(i), isName(line.slice(i + 1, close)), isBlank(close + 1) else {
          return nil
        }
        return close + 1
      }
      let end = wordEnd(i)
      let hasSign = line.slice(i, end).firstIndex(of: 0x3d, from: 1) != nil
      // A value may hold blanks.
      guard hasSign || sawPair, end > i else { return nil }
      sawPair = true
      i = end
    }
    return nil
  }
}
