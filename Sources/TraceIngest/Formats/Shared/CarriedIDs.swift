package import TraceModel

/// Ids of traces, spans and requests that a record carries, in every spelling of formats/logs.md 10.
struct CarriedIDs {
  /// Absent where none is named.
  var trace = TraceID.absent
  /// Absent where none is named.
  var span = SpanID.absent
  /// The request's id; empty where none is named.
  var request = Bytes.none

  /// Tape indices of the record's own members that became trace, span and request whole, 0 where none did: what becomes a
  /// column need not be kept again.
  private(set) var traceMember = 0
  private(set) var spanMember = 0
  private(set) var requestMember = 0
  /// Index of the member that is being taken; 0 where it is to be kept.
  var member = 0

  /// Ranks of the carriers that said so; the lower one wins, and the first among equals.
  private var traceRank = UInt8.max
  private var spanRank = UInt8.max
  private var requestRank = UInt8.max
  /// The high half of a trace id of which Datadog writes the low one apart.
  private var high: UInt64 = 0

  /// Whether nothing that is found later could be better.
  var isComplete: Bool {
    traceRank == Carrier.trace.rawValue && spanRank == Carrier.span.rawValue
      && requestRank == Carrier.request.rawValue
  }

  /// Takes what a carrier's text says, if its form fits; all zeros say nothing.
  mutating func take(_ carrier: Carrier, _ text: Bytes) {
    switch carrier {
    case .none: return
    case .trace:
      if let id = hexTrace(text) { return put(carrier, id) }
      takeTelling(carrier, text)
    case .weakTrace:
      if text.count == 32, let id = hexTrace(text) { return put(carrier, id) }
      if !takeTelling(carrier, text) { takeRequest(.weakRequest, text) }
    case .traceparent, .xray, .google: takeTelling(carrier, text)
    case .span, .weakSpan:
      if text.count == 16, let id = hexNumber(text) { put(carrier, SpanID(id.low)) }
    case .datadogTrace: takeDatadog(text)
    case .datadogSpan:
      if let id = decimal(text) ?? (text.count == 16 ? hexNumber(text)?.low : nil) {
        put(carrier, SpanID(id))
      }
    case .datadogHigh: if text.count == 16 { high = hexNumber(text)?.low ?? 0 }
    case .b3: takeHyphenated(carrier, text)
    case .sentry: takeHyphenated(carrier, text)
    case .jaeger: takeJaeger(text)
    case .request, .weakRequest: takeRequest(carrier, text)
    }
  }

  /// Takes a number where ids are written as such.
  mutating func take(_ carrier: Carrier, number: UInt64) {
    switch carrier {
    case .datadogTrace: put(carrier, TraceID(high: 0, low: number))
    case .datadogSpan: put(carrier, SpanID(number))
    default: break
    }
  }

  /// Settles what depends on all members.
  mutating func finish() {
    if traceRank == Carrier.datadogTrace.rawValue, trace.high == 0 { trace.high = high }
  }

  private mutating func put(_ carrier: Carrier, _ id: TraceID) {
    guard !id.isAbsent, carrier.rawValue < traceRank else { return }
    trace = id
    traceRank = carrier.rawValue
    traceMember = carrier == .trace ? member : 0
  }

  private mutating func put(_ carrier: Carrier, _ id: SpanID) {
    guard !id.isAbsent, carrier.rawValue < spanRank else { return }
    span = id
    spanRank = carrier.rawValue
    spanMember = carrier == .span ? member : 0
  }

  // MARK: Forms

  /// A form that tells itself: W3C's, X-Ray's, Google's; whether it was one.
  @discardableResult
  private mutating func takeTelling(_ carrier: Carrier, _ text: Bytes) -> Bool {
    takeW3C(carrier, text) || takeXRay(carrier, text) || takeGoogle(carrier, text)
  }

  /// `00-<32>-<16>-<2>`; what later versions append is passed over.
  mutating func takeW3C(_ carrier: Carrier, _ text: Bytes) -> Bool {
    guard text.count >= 55, text[2] == 0x2d, text[35] == 0x2d, text[52] == 0x2d,
      text.count == 55 || text[55] == 0x2d,
      let version = hexNumber(text.slice(0, 2)), version.low != 0xff,
      let id = hexTrace(text.slice(3, 35)), let span = hexNumber(text.slice(36, 52)),
      hexNumber(text.slice(53, 55)) != nil, !id.isAbsent, span.low != 0
    else { return false }
    put(carrier, id)
    put(carrier, SpanID(span.low))
    return true
  }

  /// `1-<8>-<24>`, perhaps with `@<16>` behind it, or the header `Root=…;Parent=…;Sampled=…` in any order.
  private mutating func takeXRay(_ carrier: Carrier, _ text: Bytes) -> Bool {
    if let id = xrayTrace(text) {
      put(carrier, id)
      if text.count >= 52, text[35] == 0x40, let span = hexNumber(text.slice(36, 52)) {
        put(carrier, SpanID(span.low))
      }
      return text.count == 35 || !isIDByte(text[35])
    }
    var sawRoot = false
    var at = 0
    while at < text.count {
      let end = text.firstIndex(of: 0x3b, from: at) ?? text.count
      var from = at
      while from < end, text[from] == 0x20 { from += 1 }
      let part = text.slice(from, end)
      if part.count >= 40, part.slice(0, 5).equalsIgnoringCase("root="),
        let id = xrayTrace(part.slice(5, part.count))
      {
        put(carrier, id)
        sawRoot = true
      } else if part.count >= 23, part.slice(0, 7).equalsIgnoringCase("parent="),
        let span = hexNumber(part.slice(7, 23))
      {
        put(carrier, SpanID(span.low))
      }
      at = end + 1
    }
    return sawRoot
  }

  /// `projects/P/traces/<32>`, or `<32>/<decimal span>;o=1`, the span perhaps missing.
  private mutating func takeGoogle(_ carrier: Carrier, _ text: Bytes) -> Bool {
    if text.count >= 42, text.slice(text.count - 40, text.count - 32).equals("/traces/"),
      let id = hexTrace(text.slice(text.count - 32, text.count))
    {
      put(carrier, id)
      return true
    }
    guard text.count >= 32, text.count == 32 || text[32] == 0x2f || text[32] == 0x3b,
      let id = hexTrace(text.slice(0, 32))
    else { return false }
    put(carrier, id)
    var end = min(33, text.count)
    while end < text.count, text[end] &- 0x30 < 10 { end += 1 }
    if end > 33, let span = decimal(text.slice(33, end)) { put(carrier, SpanID(span)) }
    return true
  }

  private mutating func takeDatadog(_ text: Bytes) {
    if text.count == 32, let id = hexTrace(text) {
      put(.datadogTrace, id)
    } else if let low = decimal(text) {
      put(.datadogTrace, TraceID(high: 0, low: low))
    } else if text.count == 16, let id = hexNumber(text) {
      put(.datadogTrace, TraceID(high: 0, low: id.low))
    }
  }

  /// `<trace>-<span>` and what follows: B3's single header, whose trace may have 16 digits, and Sentry's.
  private mutating func takeHyphenated(_ carrier: Carrier, _ text: Bytes) {
    guard let hyphen = text.firstIndex(of: 0x2d, from: 0),
      hyphen == 32 || carrier == .b3 && hyphen == 16, text.count >= hyphen + 17,
      text.count == hyphen + 17 || text[hyphen + 17] == 0x2d,
      let id = hexTrace(text.slice(0, hyphen)),
      let span = hexNumber(text.slice(hyphen + 1, hyphen + 17))
    else { return }
    put(carrier, id)
    put(carrier, SpanID(span.low))
  }

  /// `trace:span:parent:flags`, perhaps with `%3A` for the colons.
  private mutating func takeJaeger(_ text: Bytes) {
    var parts: [Bytes] = []
    var from = 0
    var at = 0
    while at <= text.count, parts.count < 4 {
      let isEscape =
        at + 3 <= text.count && text[at] == 0x25
        && text.slice(at, at + 3).equalsIgnoringCase("%3a")
      if at == text.count || text[at] == 0x3a || isEscape {
        parts.append(text.slice(from, at))
        at += isEscape ? 3 : 1
        from = at
      } else {
        at += 1
      }
    }
    guard parts.count == 4, parts[0].count <= 32, parts[1].count <= 16,
      let id = hexNumber(parts[0]), let span = hexNumber(parts[1]), hexNumber(parts[3]) != nil
    else { return }
    put(.jaeger, TraceID(high: id.high, low: id.low))
    put(.jaeger, SpanID(span.low))
  }

  /// Request ids are any word of eight letters and digits or more, with a digit among them: `req-1` and `undefined` name none.
  private mutating func takeRequest(_ carrier: Carrier, _ text: Bytes) {
    guard text.count >= 8, text.count <= 128, carrier.rawValue < requestRank else { return }
    var hasDigit = false
    for i in 0..<text.count {
      let byte = text[i]
      if byte &- 0x31 < 9 {
        hasDigit = true
      } else if !isIDByte(byte) {
        switch byte {
        case 0x2d, 0x5f, 0x2e, 0x3d, 0x2b, 0x2f, 0x3a: break
        default: return
        }
      }
    }
    guard hasDigit else { return }
    request = text
    requestRank = carrier.rawValue
    requestMember = member
  }
}

/// Whether a byte is an ASCII letter or digit.
@inline(__always) func isIDByte(_ byte: UInt8) -> Bool {
  byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 26
}

/// The value of 1 to 32 hex digits of either case; nil for anything else.
func hexNumber(_ text: Bytes) -> (high: UInt64, low: UInt64)? {
  guard text.count > 0, text.count <= 32 else { return nil }
  var high: UInt64 = 0
  var low: UInt64 = 0
  var i = 0
  while i + 8 <= text.count {
    guard let eight = eightHexDigits(text.word(i)) else { return nil }
    high = high << 32 | low >> 32
    low = low << 32 | eight
    i += 8
  }
  while i < text.count {
    let byte = text[i]
    let digit = byte &- 0x30 < 10 ? byte &- 0x30 : (byte | 0x20) &- 0x61 &+ 10
    guard byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 6 else { return nil }
    high = high << 4 | low >> 60
    low = low << 4 | UInt64(digit)
    i += 1
  }
  return (high, low)
}

/// A trace id of 32 hex digits, or of 16, which are the low half.
private func hexTrace(_ text: Bytes) -> TraceID? {
  guard text.count == 32 || text.count == 16, let id = hexNumber(text) else { return nil }
  return TraceID(high: id.high, low: id.low)
}

/// The trace id that a text in X-Ray's form `1-<8>-<24>` begins with.
func xrayTrace(_ text: Bytes) -> TraceID? {
  guard text.count >= 35, text[0] == 0x31, text[1] == 0x2d, text[10] == 0x2d,
    let time = hexNumber(text.slice(2, 10)), let rest = hexNumber(text.slice(11, 35))
  else { return nil }
  return TraceID(high: time.low << 32 | rest.high, low: rest.low)
}

extension Decoder {
  /// How deep objects inside the record are looked into.
  private static let carrierDepth = 4
  /// How many of them a level may have.
  private static let maxInner = 64

  /// The ids among the members of a JSON object. Members of the object itself go before those of objects inside it; of
  /// arrays only .NET's `Scopes` are looked into.
  ///
  /// - Parameter keys: what was found of the object.
  mutating func carriedIDs(_ tape: JSONTape, _ object: Int, _ keys: RecordKeys) -> CarriedIDs {
    var ids = CarriedIDs()
    var hasInner = false
    for member in keys.members {
      if member.isContainer {
        hasInner = true
      } else if member.carrier != .none {
        ids.member = Int(member.value)
        take(member.carrier, tape, ids.member, &ids)
      }
    }
    ids.member = 0
    if hasInner, !ids.isComplete { innerIDs(tape, keys, &ids) }
    ids.finish()
    return ids
  }

  /// Takes the ids of the objects inside a record, level by level.
  private mutating func innerIDs(_ tape: JSONTape, _ keys: RecordKeys, _ ids: inout CarriedIDs) {
    var nested: [Int] = []
    for member in keys.members where member.isContainer {
      note(tape, Int(member.value) - 1, &nested)
    }
    var depth = 1
    while !nested.isEmpty, depth < Self.carrierDepth, !ids.isComplete {
      let inner = nested
      nested.removeAll(keepingCapacity: true)
      for member in inner {
        let parent = tape.text(member) ?? Bytes.none
        guard tape.tag(member + 1) == JSONTape.Tag.array else {
          collectIDs(tape, member + 1, parent: parent, &ids, &nested)
          continue
        }
        var (element, end) = tape.inside(member + 1)
        while element < end, nested.count < Self.maxInner {
          if tape.tag(element) == JSONTape.Tag.object {
            collectIDs(tape, element, parent: Bytes.none, &ids, &nested)
          }
          element = tape.after(element)
        }
      }
      depth += 1
    }
  }

  /// Notes the key of a member that is looked into.
  private func note(_ tape: JSONTape, _ key: Int, _ nested: inout [Int]) {
    guard nested.count < Self.maxInner else { return }
    if tape.tag(key + 1) == JSONTape.Tag.object || tape.text(key)?.equals("Scopes") == true {
      nested.append(key)
    }
  }

  /// Takes the ids among the members of an inner object, and notes which of them are to be looked into.
  private mutating func collectIDs(
    _ tape: JSONTape, _ object: Int, parent: Bytes, _ ids: inout CarriedIDs, _ nested: inout [Int]
  ) {
    var (i, end) = tape.inside(object)
    while i + 1 < end {
      let value = i + 1
      switch tape.tag(value) {
      case JSONTape.Tag.object, JSONTape.Tag.array: note(tape, i, &nested)
      case JSONTape.Tag.string, JSONTape.Tag.int, JSONTape.Tag.uint:
        if let key = tape.text(i) {
          let carrier =
            parent.count == 0 ? text.memberKeys.carrier(key) : carrier(key, inside: parent)
          if carrier != .none { take(carrier, tape, value, &ids) }
        }
      default: break
      }
      i = tape.after(value)
    }
  }

  /// Takes a member's value.
  func take(_ carrier: Carrier, _ tape: JSONTape, _ value: Int, _ ids: inout CarriedIDs) {
    if let text = tape.text(value) {
      // Other forms say more than the column holds.
      if carrier == .trace, text.count != 32 { ids.member = 0 }
      ids.take(carrier, text)
    } else if tape.tag(value) == JSONTape.Tag.uint
      || tape.tag(value) == JSONTape.Tag.int && Int64(bitPattern: tape.number(value)) > 0
    {
      ids.take(carrier, number: tape.number(value))
    }
  }

  /// What a member of a nested object names: by its path (`trace` and `id`), else by its own name.
  private mutating func carrier(_ key: Bytes, inside parent: Bytes) -> Carrier {
    path.count = 0
    path.put(parent)
    path.put(0x2e)
    path.put(key)
    return text.memberKeys.carrier(path.bytes)
  }
}

/// What `CarriedIDs` finds, as a value that lives longer than the text it was found in.
package struct FoundIDs: Hashable, Sendable {
  /// Absent where none is named.
  package var trace: TraceID
  /// Absent where none is named.
  package var span: SpanID
  /// Empty where none is named.
  package var request: String

  /// The ids that a JSON object carries; nil where it is none.
  package init?(json: String) {
    var decoder = Decoder()
    var copy = ByteBuffer()
    copy.put(json)
    guard let tape = decoder.innermostParser.parse(copy.bytes, hasRoom: true) else { return nil }
    var keys = RecordKeys()
    keys.look(tape, tape.root, &decoder.text.memberKeys)
    self.init(decoder.carriedIDs(tape, tape.root, keys))
  }

  /// The ids that a text carries.
  package init(text: String) {
    var copy = ByteBuffer()
    copy.put(text)
    self.init(Decoder().carriedIDs(inText: copy.bytes))
  }

  private init(_ ids: CarriedIDs) {
    (trace, span, request) = (ids.trace, ids.span, ids.request.string)
  }
}
