import TraceModel

/// Ids in free text. What is cheap here is to find that there are none: every id but a short request id holds a run of twelve
/// hex digits, so of such a run one digit stands at a place that is looked at when every twelfth is.
extension Decoder {
  /// Runs that are looked at in one text, so that a text full of hex costs no more.
  private static let maxRuns = 64
  private static let shortestRun = 12

  /// The ids in a free text: only behind their names, or in a form that nothing else has.
  func carriedIDs(inText text: Bytes) -> CarriedIDs {
    var ids = CarriedIDs()
    var runs = 0
    var at = Self.shortestRun - 1
    while at < text.count {
      guard isHex(text[at]) else {
        at += Self.shortestRun
        continue
      }
      var start = at
      while start > 0, isHex(text[start - 1]) { start -= 1 }
      var end = at + 1
      while end < text.count, isHex(text[end]) { end += 1 }
      if end - start >= Self.shortestRun {
        takeRun(text, start, end, &ids)
        runs += 1
        if runs == Self.maxRuns || ids.isComplete { break }
      }
      // The next digit of the next run stands at most so far behind.
      at = end + Self.shortestRun - 1
    }
    ids.finish()
    return ids
  }

  /// Takes the id that a run of hex digits is a part of.
  private func takeRun(_ text: Bytes, _ start: Int, _ end: Int, _ ids: inout CarriedIDs) {
    var first = start
    switch end - start {
    case 24:
      // 1-<8>-<24>, where nothing that goes on stands before it.
      guard start >= 11, xrayTrace(text.slice(start - 11, text.count)) != nil,
        start == 11 || !isIDByte(text[start - 12]),
        start < 16 || !text.slice(start - 16, start - 11).equalsIgnoringCase("self=")
      else { return }
      return ids.take(.xray, token(text, valueStart(text, start - 11)))
    case 32:
      if start >= 3, text[start - 1] == 0x2d,
        ids.takeW3C(.traceparent, text.slice(start - 3, min(text.count, start + 52)))
      {
        return
      }
      if start >= 8, text.slice(start - 8, start).equals("/traces/") {
        return ids.take(.google, text.slice(start - 10 < 0 ? start - 8 : start - 10, end))
      }
    case 12:
      // A UUID, whose run is the last of its five.
      if start >= 24, isUUID(text.slice(start - 24, end)) { first = start - 24 }
    default: break
    }
    // `req-<uuid>` and `[req-<uuid> …]` name themselves.
    if first >= 4, text.slice(first - 4, first).equalsIgnoringCase("req-"),
      first == 4 || !isIDByte(text[first - 5])
    {
      return ids.take(.request, text.slice(first - 4, end))
    }
    let carrier = self.text.memberKeys.carrier(ofName: name(before: first, text))
    switch carrier {
    case .none: return
    case .trace, .span, .datadogTrace, .datadogSpan, .datadogHigh, .weakSpan:
      ids.take(carrier, text.slice(first, end))
    default: ids.take(carrier, token(text, first))
    }
  }

  /// Where the value begins whose X-Ray id stands at an index: before `Root=` where that is there.
  private func valueStart(_ text: Bytes, _ start: Int) -> Int {
    start >= 5 && text.slice(start - 5, start).equalsIgnoringCase("root=") ? start - 5 : start
  }

  /// The word at an index, up to a blank, a quote, a comma or a closing bracket.
  private func token(_ text: Bytes, _ start: Int) -> Bytes {
    var end = start
    while end < text.count, end - start < 512 {
      switch text[end] {
      case 0...0x20, 0x22, 0x27, 0x2c, 0x29, 0x5d, 0x7d, 0x5c: return text.slice(start, end)
      default: end += 1
      }
    }
    return text.slice(start, end)
  }

  /// The name before a value: a word, then quotes, blanks, and at most one `=` or `:`. Empty where there is none.
  private func name(before start: Int, _ text: Bytes) -> Bytes {
    var end = start
    var sawSign = false
    while end > 0, start - end < 8 {
      let byte = text[end - 1]
      if byte == 0x3d || byte == 0x3a {
        if sawSign { break }
        sawSign = true
      } else if ![0x20, 0x09, 0x22, 0x27, 0x5c, 0x5b, 0x60].contains(byte) {
        break
      }
      end -= 1
    }
    var first = end
    while first > 0, end - first < 40 {
      let byte = text[first - 1]
      guard isIDByte(byte) || [0x5f, 0x2d, 0x2e, 0x40].contains(byte) else { break }
      first -= 1
    }
    // Words alone name an id only with a sign between.
    return end == start ? Bytes.none : text.slice(first, end)
  }

  private func isUUID(_ text: Bytes) -> Bool {
    text.count == 36 && text[8] == 0x2d && text[13] == 0x2d && text[18] == 0x2d
      && text[23] == 0x2d && hexNumber(text.slice(0, 8)) != nil
      && hexNumber(text.slice(9, 13)) != nil && hexNumber(text.slice(14, 18)) != nil
      && hexNumber(text.slice(19, 23)) != nil
  }

  @inline(__always) private func isHex(_ byte: UInt8) -> Bool {
    byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 6
  }
}
