import TraceModel

/// Takes one document apart while its bytes arrive: lifts the elements of the lists that we know out, and keeps what is left,
/// the lists empty, for the end.
///
/// What a document says of its elements (`logGroup`, `logStream`) normally stands before the list; where it follows, it counts
/// only for documents that are scanned twice, which are those that lie in memory whole (`context`).
///
/// Works on as much as there is and stops at the first byte of what is not complete yet; at most one element or one other member
/// must fit into memory.
///
/// - Assumes: elements are small against a chunk.
struct ListScanner {
  private enum Place {
    case start
    case document
    case wrapper
    case list(DocumentList)
  }

  /// Elements lifted at once; a run is decoded element by element, so this only keeps the list of runs small.
  private static let runBytes = 256 << 10
  private static let maxItems = 10_000
  /// What is left of a document once its lists are out; nobody writes that much.
  private static let restBytes = 16 << 20
  private static let contextBytes = 2 << 10

  /// Offset of the document in its source.
  let recordOffset: Int64
  private let breaks: JSONScan.LineBreaks
  private var place = Place.start
  /// Key of the object around the members at hand; empty in the document itself.
  private var wrapper: [UInt8] = []
  private var rest: [UInt8] = []
  /// What was said of the elements so far: members, each with a comma behind it.
  private(set) var context: [UInt8]
  /// The same, when the first list began.
  private(set) var firstContext: [UInt8] = []
  /// The context is known from a first scan.
  private let isContextKnown: Bool
  private var prefix: [UInt8] = []
  /// Whether elements were lifted.
  private(set) var sawList = false
  private var last: UInt8 = 0
  private var skipper: ValueSkipper?
  /// Takes an element apart that has lists of its own; at most one.
  private var inner: [ListScanner] = []
  /// Whether the document is itself an element.
  private let isElement: Bool

  /// A scanner for the document that starts at an offset of the source.
  ///
  /// - Parameters:
  ///   - context: what a first scan found; nil for the first scan.
  ///   - isElement: the document is an element of a list.
  init(
    recordOffset: Int64, breaks: JSONScan.LineBreaks, context: [UInt8]? = nil,
    isElement: Bool = false
  ) {
    self.recordOffset = recordOffset
    self.isElement = isElement
    self.breaks = breaks
    self.context = context ?? []
    isContextKnown = context != nil
  }

  /// Scans what there is; parameters and outcome as in `OTLPScanner`.
  mutating func scan(
    _ bytes: Bytes, base: Int64, position: inout Int, isLast: Bool, skipsLarge: Bool = false,
    into items: inout [Item]
  ) -> OTLPScanner.Outcome {
    var skipsLarge = skipsLarge
    while true {
      if items.count >= Self.maxItems { return .full }
      if skipper != nil {
        guard skipper?.skip(bytes, &position) == true else { return .more }
        skipper = nil
        last = 0x7d
      }
      if !inner.isEmpty {
        let outcome = inner[0].scan(
          bytes, base: base, position: &position, isLast: isLast, skipsLarge: skipsLarge,
          into: &items)
        guard outcome == .finished else { return outcome }
        inner.removeAll()
        last = 0x7d
        skipsLarge = false
      }
      if let stop = skipSeparators(bytes, &position) { return stop }
      let step: Step
      switch place {
      case .start:
        guard bytes[position] == 0x7b else { return .broken }
        position += 1
        rest.append(0x7b)
        place = .document
        step = .next(0x7b)
      case .document, .wrapper:
        step = member(bytes, base, &position, isLast, skipsLarge, &items)
      case .list(let list):
        step = element(list, bytes, base, &position, isLast, skipsLarge, &items)
      }
      switch step {
      case .next(let byte):
        last = byte
        skipsLarge = false
      case .finished: return .finished
      case .more: return .more
      case .broken: return .broken
      }
    }
  }

  /// Closes a document that breaks off: its elements are kept, and what else it said as far as it goes.
  mutating func abandon(into items: inout [Item]) {
    if !inner.isEmpty { inner[0].abandon(into: &items) }
    inner.removeAll()
    guard sawList else { return }
    if case .list = place { rest.append(0x5d) }
    if !wrapper.isEmpty { rest.append(0x7d) }
    rest.append(0x7d)
    putRest(into: &items)
  }

  private func putRest(into items: inout [Item]) {
    items.append(
      isElement
        ? .elementRest(rest, offset: recordOffset)
        : .rest(rest, offset: recordOffset, sawList: sawList))
  }

  private enum Step {
    case next(UInt8)
    case finished
    case more
    case broken
  }

  /// Moves to the next byte that says something; nil when there is one.
  private mutating func skipSeparators(_ bytes: Bytes, _ i: inout Int) -> OTLPScanner.Outcome? {
    while i < bytes.count {
      let byte = bytes[i]
      if byte == 0x0a {
        if breaks == .endRecords { return .broken }
        if breaks == .allowed {
          guard i + 1 < bytes.count else { return .more }
          if bytes[i + 1] == 0x7b, last != 0x2c, last != 0x5b, last != 0x3a { return .broken }
        }
      } else if byte == 0x2c {
        last = byte
      } else if !JSONScan.isBlank(byte) {
        return nil
      }
      i += 1
    }
    return .more
  }

  // MARK: Members

  private mutating func member(
    _ bytes: Bytes, _ base: Int64, _ position: inout Int, _ isLast: Bool, _ skipsLarge: Bool,
    _ items: inout [Item]
  ) -> Step {
    if bytes[position] == 0x7d {
      position += 1
      rest.append(0x7d)
      if case .wrapper = place {
        place = .document
        wrapper.removeAll()
        return .next(0x7d)
      }
      putRest(into: &items)
      return .finished
    }
    guard bytes[position] == 0x22 else { return .broken }
    let start = position
    switch JSONScan.endOfString(bytes, start, breaks: breaks) {
    case .incomplete: return .more
    case .broken: return .broken
    case .at(let keyEnd):
      let colon = JSONScan.skipBlanks(bytes, keyEnd)
      guard colon < bytes.count else { return .more }
      guard bytes[colon] == 0x3a else { return .broken }
      let value = JSONScan.skipBlanks(bytes, colon + 1)
      guard value < bytes.count else { return .more }
      let key = bytes.slice(start + 1, keyEnd - 1)
      if bytes[value] == 0x5b {
        switch opens(bytes, key, value, isLast, skipsLarge) {
        case .list(let list)?:
          keepKey(bytes, start, keyEnd)
          rest.append(0x5b)
          open(list)
          position = value + 1
          return .next(0x5b)
        case .unknown?: return .more
        case nil: break
        }
      }
      if bytes[value] == 0x7b, wrapper.isEmpty, DocumentList.isWrapper(key) {
        keepKey(bytes, start, keyEnd)
        rest.append(0x7b)
        wrapper = unsafe Array(key.raw)
        place = .wrapper
        position = value + 1
        return .next(0x7b)
      }
      return other(bytes, base, start, keyEnd, value, &position, isLast, skipsLarge, &items)
    }
  }

  private enum Opening {
    case list(DocumentList)
    /// More bytes are needed to tell.
    case unknown
  }

  /// Whether the array under a key is a list that we know: its first element says so.
  private func opens(
    _ bytes: Bytes, _ key: Bytes, _ value: Int, _ isLast: Bool, _ skipsLarge: Bool
  ) -> Opening? {
    var name = ByteBuffer(capacity: 32)
    for byte in wrapper { name.put(byte) }
    guard let list = DocumentList.named(key, inside: name.bytes), !isElement || !list.hasLists
    else { return nil }
    let first = JSONScan.skipBlanks(bytes, value + 1)
    guard first < bytes.count else { return isLast ? nil : .unknown }
    if bytes[first] == 0x5d { return nil }
    switch end(bytes, first, isLast) {
    case .at(let end): return list.holds(bytes.slice(first, end)) ? .list(list) : nil
    case .broken: return nil
    case .incomplete:
      if skipsLarge { return .list(list) }
      if list.hasLists, list.holds(bytes.slice(first, bytes.count)) { return .list(list) }
      return isLast ? nil : .unknown
    }
  }

  /// A member that is no list: kept as it stands.
  private mutating func other(
    _ bytes: Bytes, _ base: Int64, _ start: Int, _ keyEnd: Int, _ value: Int,
    _ position: inout Int, _ isLast: Bool, _ skipsLarge: Bool, _ items: inout [Item]
  ) -> Step {
    switch end(bytes, value, isLast) {
    case .broken: return .broken
    case .incomplete:
      guard skipsLarge else { return .more }
      items.append(.defect(.tooLarge, offset: base + Int64(value)))
      position = value
      skipper = ValueSkipper()
    case .at(let end):
      if rest.count + end - start > Self.restBytes {
        items.append(.defect(.tooLarge, offset: base + Int64(value)))
      } else {
        keepKey(bytes, start, keyEnd)
        unsafe rest.append(contentsOf: bytes.slice(value, end).raw)
        noteContext(bytes.slice(start, keyEnd), bytes.slice(value, end))
      }
      position = end
    }
    return .next(0x7d)
  }

  private mutating func keepKey(_ bytes: Bytes, _ start: Int, _ keyEnd: Int) {
    if rest.last != 0x7b { rest.append(0x2c) }
    unsafe rest.append(contentsOf: bytes.slice(start, keyEnd).raw)
    rest.append(0x3a)
  }

  /// Notes what a document says of its elements.
  private mutating func noteContext(_ quoted: Bytes, _ value: Bytes) {
    guard !isContextKnown, wrapper.isEmpty, value.count <= Self.contextBytes else { return }
    let key = quoted.slice(1, quoted.count - 1)
    let names: [StaticString] = [
      "messageType", "owner", "logGroup", "logStream", "err", "traceID", "trace_id", "traceId",
    ]
    guard names.contains(where: { key.equals($0) }) else { return }
    unsafe context.append(contentsOf: quoted.raw)
    context.append(0x3a)
    unsafe context.append(contentsOf: value.raw)
    context.append(0x2c)
  }

  /// The end of a value. What follows a string's last quote says whether it belongs to the string.
  private func end(_ bytes: Bytes, _ start: Int, _ isLast: Bool) -> JSONScan.End {
    let end = JSONScan.endOfValue(bytes, start, isLast: isLast, breaks: breaks)
    return end == .at(bytes.count) && bytes[start] == 0x22 && !isLast ? .incomplete : end
  }

  // MARK: Lists

  private mutating func open(_ list: DocumentList) {
    if !sawList { firstContext = context }
    sawList = true
    place = .list(list)
    prefix = [0x7b] + context
    for name in [list.wrapper, list.key] where name.utf8CodeUnitCount > 0 {
      if prefix.last == 0x3a { prefix.append(0x7b) }
      prefix.append(0x22)
      unsafe prefix.append(
        contentsOf: UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
      prefix += [0x22, 0x3a]
    }
    prefix.append(0x5b)
  }

  private mutating func element(
    _ list: DocumentList, _ bytes: Bytes, _ base: Int64, _ position: inout Int, _ isLast: Bool,
    _ skipsLarge: Bool, _ items: inout [Item]
  ) -> Step {
    if bytes[position] == 0x5d {
      position += 1
      rest.append(0x5d)
      place = wrapper.isEmpty ? .document : .wrapper
      return .next(0x5d)
    }
    let end = end(bytes, position, isLast)
    if list.hasLists, bytes[position] == 0x7b,
      isTakenApart(end, isLast || skipsLarge, bytes.count, position)
    {
      inner = [
        ListScanner(recordOffset: base + Int64(position), breaks: breaks, isElement: true)
      ]
      return .next(last)
    }
    switch end {
    case .broken: return .broken
    case .incomplete:
      guard skipsLarge else { return .more }
      skipper = ValueSkipper()
      if let kind = list.elements {
        items.append(.dropped(kind, offset: base + Int64(position)))
      } else {
        items.append(.defect(.tooLarge, offset: base + Int64(position)))
      }
    case .at(let end):
      if case .elements(var run) = items.last, run.list == list, run.prefix == prefix,
        end - run.start <= Self.runBytes
      {
        // Taken out, so that the list of elements is not copied.
        items.removeLast()
        run.add(position, end)
        items.append(.elements(run))
      } else {
        var run = ElementRun(
          list: list, start: position, prefix: prefix, document: recordOffset)
        run.add(position, end)
        items.append(.elements(run))
      }
      position = end
    }
    return .next(0x7d)
  }

  /// Whether an element with lists of its own is large, or broken, or nothing follows that would complete it.
  private func isTakenApart(_ end: JSONScan.End, _ isAll: Bool, _ count: Int, _ start: Int) -> Bool
  {
    switch end {
    case .broken: true
    case .incomplete: isAll || count - start > Decoder.wholeRecordBytes
    case .at(let end): end - start > Decoder.wholeRecordBytes
    }
  }
}
