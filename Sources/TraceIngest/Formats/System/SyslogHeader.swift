import TraceModel

/// The header of a syslog line, of either kind (formats/logs.md 6.2 and 6.3).
struct SyslogHeader {
  /// Facility times eight and severity; nil where the file has none.
  var priority: UInt8?
  /// Event time with its year; nil where there is none, or no year.
  var time: WrittenTime?
  /// Event time without its year.
  var yearless: YearlessTime?
  /// Who sent it; empty where it is not told.
  var host = Bytes.none
  /// The program; empty where it is not told.
  var app = Bytes.none
  /// The process: a number as a rule.
  var process = Bytes.none
  /// RFC 5424's name of the kind of message.
  var messageID = Bytes.none
  /// RFC 5424's structured data with its brackets; empty where there is none.
  var data = Bytes.none
  /// Where the message begins.
  var end = 0

  /// Whether a time stands in it.
  var hasTime: Bool { time != nil || yearless != nil }

  /// The header of a line; nil where it has neither `<PRI>` nor a time before a host.
  init?(_ line: Bytes) {
    var at = 0
    if line.count > 0, line[0] == 0x3c {
      guard let close = line.slice(0, min(line.count, 5)).firstIndex(of: 0x3e, from: 1),
        close > 1, let value = digits(line, 1, close), value <= 191
      else { return nil }
      priority = UInt8(value)
      at = close + 1
      if at + 1 < line.count, line[at] == 0x31, line[at + 1] == 0x20 {
        guard takeModern(line, at + 2) else { return nil }
        return
      }
    }
    guard let timeEnd = takeTime(line, at) else {
      guard priority != nil else { return nil }
      // A sender that leaves time and host to the receiver, as Python's SysLogHandler does.
      takeTag(line, at)
      return
    }
    takeSender(line, timeEnd)
  }

  // MARK: RFC 5424

  /// `TIME HOST APP PROCID MSGID SD MSG`, where `-` stands for nothing.
  private mutating func takeModern(_ line: Bytes, _ start: Int) -> Bool {
    var words: [Bytes] = []
    var at = start
    while words.count < 5 {
      var stop = at
      while stop < line.count, line[stop] != 0x20 { stop += 1 }
      guard stop > at, stop < line.count || words.count == 4 else { return false }
      words.append(line.slice(at, stop))
      at = min(stop + 1, line.count)
    }
    if !words[0].equals("-") {
      guard let found = isoTime(words[0]) else { return false }
      time = found
    }
    func word(_ number: Int) -> Bytes { words[number].equals("-") ? .none : words[number] }
    (host, app, process, messageID) = (word(1), word(2), word(3), word(4))
    end = at
    if at < line.count, line[at] == 0x2d, at + 1 == line.count || line[at + 1] == 0x20 {
      end = at + 1
    } else if let close = Self.endOfData(line, at) {
      data = line.slice(at, close)
      end = close
    }
    if end < line.count, line[end] == 0x20 { end += 1 }
    if line.slice(end, line.count).starts(with: "\u{feff}") { end += 3 }
    return true
  }

  /// Where elements `[id k="v"]` that begin at an index end; nil where they are none.
  private static func endOfData(_ line: Bytes, _ start: Int) -> Int? {
    var at = start
    while at < line.count, line[at] == 0x5b {
      var isQuoted = false
      at += 1
      while at < line.count, isQuoted || line[at] != 0x5d {
        if isQuoted, line[at] == 0x5c { at += 1 } else if line[at] == 0x22 { isQuoted.toggle() }
        at += 1
      }
      guard at < line.count else { return nil }
      at += 1
    }
    return at > start ? at : nil
  }

  // MARK: RFC 3164

  /// `Mmm dd hh:mm:ss`, perhaps with a year or a fraction, or RFC 3339; where it ends, nil where there is none.
  private mutating func takeTime(_ line: Bytes, _ start: Int) -> Int? {
    let text = line.slice(start, line.count)
    if let found = isoTime(text), text[10] == 0x54 {
      time = found
      return start + found.length
    }
    guard text.count >= 15, text[3] == 0x20, let month = monthNumber(text, 0) else { return nil }
    let isPadded = text[4] == 0x20
    guard let day = digits(text, isPadded ? 5 : 4, 6), text[6] == 0x20, (1...31).contains(day)
    else { return nil }
    if let clock = clockTime(text, 7) {
      yearless = YearlessTime(month: month, day: day, ns: clock.ns)
      return start + clock.end
    }
    // Routers write the year: `Jan  5 2026 10:00:00`.
    guard let year = digits(text, 7, 11), text.count >= 20, text[11] == 0x20,
      let clock = clockTime(text, 12),
      let ns = YearlessTime(month: month, day: day, ns: clock.ns).ns(in: year)
    else { return nil }
    time = WrittenTime(ns: ns, length: clock.end, hasZone: false)
    return start + clock.end
  }

  /// `HOST TAG[pid]: text` behind the time.
  private mutating func takeSender(_ line: Bytes, _ start: Int) {
    end = start
    guard start < line.count, line[start] == 0x20 else { return }
    var stop = start + 1
    while stop < line.count, line[stop] != 0x20 { stop += 1 }
    let word = line.slice(start + 1, stop)
    // Some senders leave the host out.
    if word.count == 0 || word[word.count - 1] == 0x3a || stop == line.count {
      return takeTag(line, start + 1)
    }
    host = word
    takeTag(line, min(stop + 1, line.count))
  }

  /// `TAG[pid]: `, where one stands at an index; else the message begins there.
  private mutating func takeTag(_ line: Bytes, _ start: Int) {
    end = start
    var at = start
    while at < line.count, at - start < 64, isTagByte(line[at]) { at += 1 }
    guard at > start, at < line.count else { return }
    let name = line.slice(start, at)
    var number = Bytes.none
    if line[at] == 0x5b {
      guard let close = line.firstIndex(of: 0x5d, from: at), close - at <= 24 else { return }
      number = line.slice(at + 1, close)
      at = close + 1
    }
    guard at < line.count, line[at] == 0x3a, at + 1 == line.count || line[at + 1] == 0x20 else {
      return
    }
    (app, process) = (name, number)
    end = min(at + 2, line.count)
  }

  private func isTagByte(_ byte: UInt8) -> Bool {
    byte > 0x20 && byte < 0x7f && byte != 0x5b && byte != 0x3a && byte != 0x22 && byte != 0x7b
  }
}
