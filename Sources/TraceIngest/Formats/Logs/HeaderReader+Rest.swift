/// What stands behind the level: groups in brackets, logger, file, metadata.
extension HeaderReader {
  /// Reads the rest of the header.
  mutating func afterLevel(_ habits: HeaderHabits) {
    if isRuby { return rubyRest() }
    var accepted = at
    if isInBracket {
      // `[time LEVEL target] `.
      skipSeparators()
      guard let close = line.firstIndex(of: 0x5d, from: at), close - at < 160 else { return }
      if close > at, header.logger.isEmpty, hasLevel { takeLogger(at, close) }
      at = close + 1
      isInBracket = false
      accepted = at
    }
    if sawDashes, springRest() { return }
    guard header.time != nil || hasLevel else { return }
    let isAfterBracket = byte(accepted - 1) == 0x5d
    skipSeparators()
    if header.time?.form == .glog, byte(at) &- 0x30 < 10 {
      takeNumberWord()
      skipSeparators()
    }
    // Spring Boot names the process behind the level.
    if hasLevel, isSpringPID() {
      takeNumberWord()
      skipSeparators()
      if springRest() { return }
    }
    if !hasLevel, let time = header.time, time.form == .monthName, time.month != 0 {
      if syslogRest() { return }
    }
    accepted = at
    groups(habits, isAfterBracket, &accepted)
    if hasLevel, isSpringPID() {
      // Sleuth's ids stand before the process.
      takeNumberWord()
      skipSeparators()
      if springRest() { return }
    }
    if let name = loggerName(habits) {
      take(name)
      skipMessageBlanks()
      swiftLogMetadata()
      tellingGroups()
    } else {
      at = accepted
      skipMessageBlanks()
    }
  }

  private var isRuby: Bool {
    byte(1) == 0x2c && byte(3) == 0x5b && header.level.start == 0 && !header.level.isEmpty
  }

  /// Blanks before the message; a tab may be its indentation.
  mutating func skipMessageBlanks() {
    if byte(at) == 0x09 { at += 1 }
    while byte(at) == 0x20 { at += 1 }
  }

  private mutating func takeLogger(_ start: Int, _ end: Int) {
    var last = end
    while last > start, isBlank(last - 1) { last -= 1 }
    header.logger = Piece(start, last)
  }

  // MARK: Groups in brackets

  /// Takes groups behind the level: those that tell themselves, those of habit, and all where a logger follows. The position
  /// stands behind all groups, `accepted` behind those that are taken anyway.
  private mutating func groups(
    _ habits: HeaderHabits, _ isAfterBracket: Bool, _ accepted: inout Int
  ) {
    var count = 0
    var isAdjacent = isAfterBracket && byte(at - 1) == 0x5d
    var saved = header
    while byte(at) == 0x5b, count < 4, let close = closing(at) {
      let isCertain = takeGroup(at + 1, close) && isAdjacent || isTelling(at + 1, close)
      count += 1
      isAdjacent = byte(close + 1) == 0x5b
      passGroup(close)
      if isCertain || count <= Int(habits.brackets) {
        accepted = at
        saved = header
      }
      skipSeparators()
    }
    if count > 0, loggerName(habits) == nil, !isSpringPID() {
      // What was found in groups that belong to the message is not the header's.
      header = saved
      at = accepted
      skipSeparators()
    }
  }

  /// How many groups stand at the position.
  mutating func countGroups() -> Int {
    var count = 0
    skipSeparators()
    while byte(at) == 0x5b, count < 4, let close = closing(at) {
      count += 1
      at = close + 1
      skipSeparators()
    }
    return count
  }

  /// Groups behind the logger that no message begins with.
  private mutating func tellingGroups() {
    while byte(at) == 0x5b, let close = closing(at), isTelling(at + 1, close) {
      takeGroup(at + 1, close)
      passGroup(close)
      skipMessageBlanks()
    }
  }

  /// Goes behind a group, and behind the dash that parts OpenTelemetry's from the message.
  private mutating func passGroup(_ close: Int) {
    let named = namesTrace(at + 1, close)
    at = close + 1
    if named, byte(at) == 0x20, byte(at + 1) == 0x2d, byte(at + 2) == 0x20 { at += 3 }
  }

  /// Reads the content of a group: level, ids, process, thread. Whether it is one that may stand in a header.
  @discardableResult
  mutating func takeGroup(_ start: Int, _ end: Int) -> Bool {
    var (from, to) = (start, end)
    while from < to, line[from] == 0x20 { from += 1 }
    while to > from, line[to - 1] == 0x20 { to -= 1 }
    let content = line.slice(from, to)
    if content.count == 0 || content.equals("-") { return true }
    if !hasLevel, let level = groupLevel(content) {
      header.severity = level.number
      header.level = Piece(from + level.start, to)
      if level.start > 1 { header.logger = Piece(from, from + level.start - 1) }
      return true
    }
    if takeIDs(from, to) { return true }
    if takeProcess(from, to) { return true }
    guard content.count <= 80 else { return false }
    if isFileAndLine(content) {
      // `[name] [file.py:12]`: the name before it is the logger's.
      header.file = Piece(from, to)
      if header.logger.isEmpty { swap(&header.logger, &header.thread) }
      return true
    }
    if header.logger.isEmpty, isName(content), content.firstIndex(of: 0x2e, from: 1) != nil {
      header.logger = Piece(from, to)
    } else if header.thread.isEmpty {
      header.thread = Piece(from, to)
    }
    return true
  }

  /// `cart.py:12`.
  private func isFileAndLine(_ content: Bytes) -> Bool {
    guard isName(content), let colon = content.lastIndex(of: 0x3a, from: 1),
      let dot = content.firstIndex(of: 0x2e, from: 1), dot + 1 < colon
    else { return false }
    return decimal(content.slice(colon + 1, content.count)) != nil
  }

  /// `error`, `ERROR`, `E`, `core:error`.
  private func groupLevel(_ content: Bytes) -> (number: UInt8, start: Int)? {
    let isLetter = content.count == 1 && [0x44, 0x49, 0x57, 0x45, 0x46].contains(content[0])
    let number = isLetter ? letterLevel(content[0]) : textLevel(content)
    if number != 0 { return (number, 0) }
    guard let colon = content.firstIndex(of: 0x3a, from: 1), colon < 24 else { return nil }
    let level = textLevel(content.slice(colon + 1, content.count))
    return level == 0 ? nil : (level, colon + 1)
  }

  /// Whether a group behind the level is one that no message begins with: ids, or a lone `-`.
  private func isTelling(_ start: Int, _ end: Int) -> Bool {
    let content = line.slice(start, end)
    return content.equals("-") || content.starts(with: "req-")
      || content.count == 36 && isUUIDText(content) || sleuth(start, end) != nil
      || joinedIDs(start, end) || namesTrace(start, end)
  }

  /// `trace_id=… span_id=… resource.service.name=…`, as OpenTelemetry's logging instrumentation for Python writes them: pairs
  /// alone, the trace's first. The ids themselves are found by their names.
  private func namesTrace(_ start: Int, _ end: Int) -> Bool {
    let content = line.slice(start, end)
    guard content.count <= 400,
      ["trace_id=", "traceId=", "traceID=", "otelTraceID="].contains(where: {
        content.starts(with: $0)
      })
    else { return false }
    var at = 0
    while at < content.count {
      let wordEnd = content.firstIndex(of: 0x20, from: at) ?? content.count
      if wordEnd > at, content.slice(at, wordEnd).firstIndex(of: 0x3d, from: 1) == nil {
        return false
      }
      at = wordEnd + 1
    }
    return true
  }

  /// Ids without names: Sleuth's, Spring's, a request's.
  private mutating func takeIDs(_ start: Int, _ end: Int) -> Bool {
    let content = line.slice(start, end)
    if let ids = sleuth(start, end) {
      header.program = ids.program
      header.trace = ids.trace
      header.span = ids.span
      return true
    }
    if joinedIDs(start, end) {
      header.trace = Piece(start, end - 17)
      header.span = Piece(end - 16, end)
      return true
    }
    if content.count == 36, isUUIDText(content) {
      header.request = Piece(start, end)
      return true
    }
    return content.starts(with: "req-") || namesTrace(start, end)
  }

  /// `app,trace,span`, perhaps with `,true`; the ids may be empty.
  private func sleuth(_ start: Int, _ end: Int) -> (program: Piece, trace: Piece, span: Piece)? {
    let whole = line.slice(0, end)
    guard let first = whole.firstIndex(of: 0x2c, from: start),
      let second = whole.firstIndex(of: 0x2c, from: first + 1)
    else { return nil }
    let third = whole.firstIndex(of: 0x2c, from: second + 1) ?? end
    let trace = line.slice(first + 1, second)
    let span = line.slice(second + 1, third)
    guard trace.count == 0 || (trace.count == 16 || trace.count == 32) && isHexText(trace),
      span.count == 0 || span.count == 16 && isHexText(span)
    else { return nil }
    return (Piece(start, first), Piece(first + 1, second), Piece(second + 1, third))
  }

  /// `<32 hex>-<16 hex>`.
  private func joinedIDs(_ start: Int, _ end: Int) -> Bool {
    end - start == 49 && line[start + 32] == 0x2d && isHexText(line.slice(start, start + 32))
      && isHexText(line.slice(start + 33, end))
  }

  /// `42`, `42-1`, `#42`, `pid 42:tid 7`, `pid 42`, `tid=42`.
  private mutating func takeProcess(_ start: Int, _ end: Int) -> Bool {
    var numbers: [Piece] = []
    var i = start
    let content = line.slice(start, end)
    let isNamed = content.starts(with: "pid ") || content.starts(with: "tid=")
    guard isNamed || line[start] &- 0x30 < 10 || line[start] == 0x23 else { return false }
    while i < end {
      if line[i] &- 0x30 < 10 {
        let first = i
        while i < end, line[i] &- 0x30 < 10 { i += 1 }
        if i - first > 18 { return false }
        numbers.append(Piece(first, i))
      } else {
        let isLetter = line[i] | 0x20 &- 0x61 < 26
        guard isNamed || !isLetter, [0x23, 0x2d, 0x3a, 0x20, 0x3d].contains(line[i]) || isLetter
        else { return false }
        i += 1
      }
    }
    guard let first = numbers.first else { return false }
    if content.starts(with: "tid=") {
      header.threadID = first
    } else if header.pid.isEmpty {
      header.pid = first
      if numbers.count > 1, isNamed || content.firstIndex(of: 0x3a, from: 0) != nil {
        header.threadID = numbers[1]
      }
    } else {
      header.threadID = first
    }
    return true
  }

  private func isHexText(_ text: Bytes) -> Bool {
    for i in 0..<text.count where !(text[i] &- 0x30 < 10 || (text[i] | 0x20) &- 0x61 < 6) {
      return false
    }
    return text.count > 0
  }

  private func isUUIDText(_ text: Bytes) -> Bool {
    for i in 0..<text.count {
      if i == 8 || i == 13 || i == 18 || i == 23 {
        if text[i] != 0x2d { return false }
      } else if !(text[i] &- 0x30 < 10 || (text[i] | 0x20) &- 0x61 < 6) {
        return false
      }
    }
    return true
  }
}
