import TraceModel

/// Takes one request apart while its bytes arrive: lifts spans, log records and metrics out, and keeps a skeleton of what is
/// left of scopes and resources, wherever it stands. The twin of `OTLPScanner` for protobuf.
///
/// Only heads of fields are read. Where a field cannot be, the message around it is left at its end, which its own head says,
/// and counted; so damage costs what stands between it and that end.
///
/// - Assumes: elements are small against a chunk.
struct ProtobufScanner {
  private enum Role {
    case document, resource, scope
  }

  private struct Level {
    let role: Role
    let number: UInt64
    /// The chunk in which it was opened.
    let chunk: Int
    /// Where it ends in the source.
    let end: Int64
    var skeleton: [UInt8] = []
    /// Kinds of which lists held something, as bits.
    var listed: UInt8 = 0
    /// What its elements are, as far as one has told it.
    var kind: ListKind?
    /// Whether scopes stood under their number, and under the old one.
    var sawScopes = false
    var sawOldScopes = false
  }

  private static let runBytes = 256 << 10
  /// Skeletons are small blocks of memory each, so a chunk may not have any number of them.
  private static let maxItems = 10_000
  /// What is left of one message once its lists are out; nobody writes that much.
  private static let skeletonBytes = 16 << 20

  let recordOffset: Int64
  private var levels: [Level]
  private var ordinal: Int64 = 0
  /// Where something ends that is passed over.
  private var skipsTo: Int64?

  /// A scanner for the request that starts at an offset of the source.
  ///
  /// - Parameter end: where it ends; nil where it ends with the source.
  init(recordOffset: Int64, start: Int64, end: Int64?) {
    self.recordOffset = recordOffset
    levels = [Level(role: .document, number: UInt64(start) + 1, chunk: 0, end: end ?? .max)]
  }

  /// Scans what there is; parameters and outcome as in `OTLPScanner`.
  mutating func scan(
    _ bytes: Bytes, base: Int64, position: inout Int, isLast: Bool, chunk: Int,
    skipsLarge: Bool = false, into items: inout [Item]
  ) -> OTLPScanner.Outcome {
    var skipsLarge = skipsLarge
    while true {
      if items.count >= Self.maxItems { return .full }
      if let target = skipsTo {
        guard target <= base + Int64(bytes.count) else {
          position = bytes.count
          return .more
        }
        position = Int(target - base)
        skipsTo = nil
        skipsLarge = false
      }
      guard let top = levels.last else { return .finished }
      let here = base + Int64(position)
      if here >= top.end || top.end == .max && isLast && position == bytes.count {
        levels.removeLast()
        close(top, chunk, isComplete: true, &items)
        continue
      }
      guard position < bytes.count else { return .more }
      let known = bytes.slice(0, Int(min(Int64(bytes.count), top.end - base)))
      switch ProtobufWire.head(known, position) {
      case .incomplete where base + Int64(bytes.count) < top.end: return .more
      case .incomplete, .broken:
        if top.role == .document { return .broken }
        items.append(.defect(.brokenRecord, offset: here))
        skipsTo = top.end
      case .field(let head):
        guard base + Int64(head.end) <= top.end else {
          if top.role == .document { return .broken }
          items.append(.defect(.brokenRecord, offset: here))
          skipsTo = top.end
          continue
        }
        guard take(head, bytes, base, &position, chunk, skipsLarge, &items) else { return .more }
        skipsLarge = false
      }
    }
  }

  /// Closes what is open, so that what was complete is kept although the request is not.
  mutating func abandon(chunk: Int, into items: inout [Item]) {
    while let level = levels.popLast() { close(level, chunk, isComplete: false, &items) }
  }

  /// Takes one field, whose head was read; false where more of it is needed.
  private mutating func take(
    _ head: ProtobufWire.Head, _ bytes: Bytes, _ base: Int64, _ position: inout Int,
    _ chunk: Int, _ skipsLarge: Bool, _ items: inout [Item]
  ) -> Bool {
    let top = levels.count - 1
    let isMessage = head.wire == ProtobufWire.length
    switch levels[top].role {
    case .document:
      guard isMessage, head.number == 1 else {
        skipsTo = base + Int64(head.end)
        return true
      }
      push(.resource, head, base, &position, chunk)
      return true
    case .resource where ProtobufSignal.isScopes(head):
      let isOld = head.number != 2
      if isOld ? levels[top].sawScopes : levels[top].sawOldScopes {
        // Both say the same, so only one may count; the old ones normally stand last.
        if !isOld { items.append(.defect(.wrongType, offset: base + Int64(position))) }
        skipsTo = base + Int64(head.end)
        return true
      }
      if isOld { levels[top].sawOldScopes = true } else { levels[top].sawScopes = true }
      push(.scope, head, base, &position, chunk)
      return true
    default: break
    }
    let isElement = levels[top].role == .scope && isMessage && head.number == 2
    guard head.end <= bytes.count else {
      guard skipsLarge else { return false }
      let offset = base + Int64(position)
      let kind = levels[top].kind ?? .span
      items.append(isElement ? .dropped(kind, offset: offset) : .defect(.tooLarge, offset: offset))
      ordinal += isElement ? 1 : 0
      skipsTo = base + Int64(head.end)
      return true
    }
    if isElement {
      lift(head, bytes, position, base, &items)
    } else if levels[top].skeleton.count + head.end - position > Self.skeletonBytes {
      items.append(.defect(.tooLarge, offset: base + Int64(position)))
    } else {
      unsafe levels[top].skeleton.append(contentsOf: bytes.slice(position, head.end).raw)
    }
    position = head.end
    return true
  }

  private mutating func push(
    _ role: Role, _ head: ProtobufWire.Head, _ base: Int64, _ position: inout Int, _ chunk: Int
  ) {
    levels.append(
      Level(
        role: role, number: UInt64(base + Int64(position)) + 1, chunk: chunk,
        end: base + Int64(head.end)))
    position = head.start
  }

  private func close(_ level: Level, _ chunk: Int, isComplete: Bool, _ items: inout [Item]) {
    let skeleton = Skeleton(
      number: level.number, isLocal: level.chunk == chunk, text: level.skeleton,
      listed: level.listed, recordOffset: recordOffset)
    switch level.role {
    case .scope: items.append(.scope(skeleton))
    case .resource: items.append(.resource(skeleton))
    case .document: if isComplete { items.append(.document(skeleton, sawList: true)) }
    }
  }

  // MARK: Elements

  private mutating func lift(
    _ head: ProtobufWire.Head, _ bytes: Bytes, _ start: Int, _ base: Int64,
    _ items: inout [Item]
  ) {
    let scope = levels.count - 1
    let resource = scope - 1
    if levels[scope].kind == nil {
      // All that one resource sent is of one signal, as where it is read as a whole.
      levels[scope].kind =
        levels[resource].kind ?? ProtobufSignal.ofElement(bytes, head.start, head.end).kind
      levels[resource].kind = levels[scope].kind
    }
    guard let kind = levels[scope].kind else {
      items.append(.defect(.unknownRecord, offset: base + Int64(start)))
      return
    }
    levels[resource].listed |= kind.bit
    if case .run(var run) = items.last, run.kind == kind, run.end == start,
      run.scope == levels[scope].number, run.ordinal + Int64(run.count) == ordinal,
      head.end - run.start <= Self.runBytes
    {
      run.end = head.end
      run.count += 1
      items[items.count - 1] = .run(run)
    } else {
      items.append(
        .run(
          Run(
            kind: kind, start: start, end: head.end, count: 1, recordOffset: recordOffset,
            ordinal: ordinal, resource: levels[resource].number, scope: levels[scope].number)))
    }
    ordinal += 1
  }
}
