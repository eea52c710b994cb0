/// Which signal a message belongs to: requests of all three have the same numbers down to their elements, so these tell.
///
/// - Source: opentelemetry-proto, fields of Span, LogRecord and Metric.
enum ProtobufSignal {
  case span, log, metric
  /// There is no element.
  case none
  /// Elements that are none of ours.
  case unknown

  /// The kind of element.
  var kind: ListKind? {
    switch self {
    case .span: .span
    case .log: .log
    case .metric: .metric
    case .none, .unknown: nil
    }
  }

  /// The signal of what one resource sent (ResourceSpans and its like): that of the first element that tells it.
  static func ofResource(_ bytes: Bytes, _ from: Int, _ to: Int) -> ProtobufSignal {
    var isEmpty = true
    var fields = ProtobufFields(bytes, from, to)
    while let head = fields.next() {
      guard isScopes(head) else { continue }
      var inner = ProtobufFields(bytes, head.start, head.end)
      while let element = inner.next() {
        guard element.number == 2, element.wire == ProtobufWire.length else { continue }
        let signal = ofElement(bytes, element.start, element.end)
        if signal.kind != nil { return signal }
        if signal == .unknown { isEmpty = false }
      }
    }
    return isEmpty ? .none : .unknown
  }

  /// Whether a field of a resource's message is one of its scopes.
  static func isScopes(_ head: ProtobufWire.Head) -> Bool {
    head.wire == ProtobufWire.length
      && (head.number == 2 || head.number == UInt64(ProtobufSchema.oldScopes))
  }

  /// The signal of one element by its fields' numbers and wire types.
  ///
  /// Times settle nearly all: a span has eight bytes in 7 and 8, a record in 1 or 11. What has none is a metric where it has a
  /// name that is text and one kind of data points, else a span where it has ids of 16 and 8 bytes.
  static func ofElement(_ bytes: Bytes, _ from: Int, _ to: Int) -> ProtobufSignal {
    if from == to { return .unknown }
    var odd = Wires(0, 0, 0)
    var known = 0
    var first: ProtobufWire.Head?
    var second: ProtobufWire.Head?
    var data = 0
    var fields = ProtobufFields(bytes, from, to)
    while let head = fields.next() {
      if head.number == 1 { first = head }
      if head.number == 2 { second = head }
      let isData = head.number == 5 || head.number == 7 || (9...11).contains(head.number)
      if isData, head.wire == ProtobufWire.length {
        data += startsList(bytes, head) ? 1 : 0
      }
      guard head.number < UInt64(wires.count) else { continue }
      odd.add(wires[Int(head.number)], unless: head.wire)
      known += 1
    }
    // A field may be damaged; of what fits nothing it is not said what it is.
    let least = min(odd.span, odd.log, odd.metric)
    if Int(least) * 3 > known { return .unknown }
    var candidates = odd.kinds(with: least)
    if first?.wire == ProtobufWire.length, candidates != isLog { candidates &= isSpan | isMetric }
    switch candidates {
    case isSpan: return .span
    case isLog: return .log
    case isMetric: return data > 0 || first != nil ? .metric : .unknown
    default: break
    }
    if candidates & isMetric != 0, let first, data > 0, isText(bytes, first) { return .metric }
    if candidates & isSpan != 0, let first, let second, first.end - first.start == 16,
      second.end - second.start == 8
    {
      return .span
    }
    if candidates & isLog != 0, first == nil { return .log }
    if candidates & isMetric != 0, let first, isText(bytes, first) { return .metric }
    return candidates & isSpan != 0 ? .span : .unknown
  }

  private static let isSpan = ListKind.span.bit
  private static let isLog = ListKind.log.bit
  private static let isMetric = ListKind.metric.bit

  /// The wire types that a field has in the three messages, 7 where a message has no such field; or how many fields had others.
  private struct Wires {
    var span: UInt8
    var log: UInt8
    var metric: UInt8

    init(_ span: UInt8, _ log: UInt8, _ metric: UInt8) {
      (self.span, self.log, self.metric) = (span, log, metric)
    }

    /// Counts the messages in which a field has other wire types; a field that a message does not know may be new.
    mutating func add(_ wires: Wires, unless wire: UInt8) {
      if wires.span != wire, wires.span != 7, span < 63 { span += 1 }
      if wires.log != wire, wires.log != 7, log < 63 { log += 1 }
      if wires.metric != wire, wires.metric != 7, metric < 63 { metric += 1 }
    }

    /// The messages that have a number, as bits.
    func kinds(with number: UInt8) -> UInt8 {
      (span == number ? ListKind.span.bit : 0) | (log == number ? ListKind.log.bit : 0)
        | (metric == number ? ListKind.metric.bit : 0)
    }
  }

  private static let wires: [Wires] = [
    Wires(7, 7, 7), Wires(2, 1, 2), Wires(2, 0, 2), Wires(2, 2, 2), Wires(2, 7, 7),
    Wires(2, 2, 2), Wires(0, 2, 7), Wires(1, 0, 2), Wires(1, 5, 7), Wires(2, 2, 2),
    Wires(0, 2, 2), Wires(2, 1, 2), Wires(0, 2, 2), Wires(2, 7, 7), Wires(0, 7, 7),
    Wires(2, 7, 7), Wires(5, 7, 7),
  ]

  /// Whether a field holds a message whose first field has a length, as lists of data points do.
  private static func startsList(_ bytes: Bytes, _ head: ProtobufWire.Head) -> Bool {
    var inner = ProtobufFields(bytes, head.start, head.end)
    guard let point = inner.next() else { return head.start == head.end }
    while inner.next() != nil {}
    return point.number == 1 && point.wire == ProtobufWire.length && inner.isSound
  }

  /// Whether a field holds text of one line.
  private static func isText(_ bytes: Bytes, _ head: ProtobufWire.Head) -> Bool {
    guard head.end > head.start else { return false }
    let text = bytes.slice(head.start, head.end)
    for i in 0..<text.count where text[i] < 0x20 || text[i] == 0x7f { return false }
    return text.isUTF8
  }
}
