import TraceModel

/// Takes one document apart while its bytes arrive: lifts the elements of `spans`, `logRecords` and `metrics` out, and keeps
/// a skeleton of what is left, which names the resource and the scope, wherever they stand.
///
/// Works on as much as there is and stops at the first byte of what is not complete yet; at most one element or one other
/// member of an object must fit into memory.
///
/// - Assumes: elements are small against a chunk.
struct OTLPScanner {
  /// How far a call came.
  enum Outcome {
    /// The document ended; the position is behind it.
    case finished
    /// More bytes are needed, from the position on.
    case more
    /// There are as many items as a chunk may have; the next call goes on at the position.
    case full
    /// This is no JSON; the position is where it breaks.
    case broken
  }

  private enum Role {
    case document
    case resources
    case resource
    case scopes(OTLPKeys.Scopes)
    case scope
    case elements(ListKind, resource: UInt64, scope: UInt64)
  }

  private struct Level {
    let role: Role
    let number: UInt64
    /// The chunk in which it was opened.
    let chunk: Int
    var skeleton: [UInt8] = [0x7b]
    /// Kinds of which a list under its new name held something, as bits.
    var modern: UInt8 = 0
    /// Kinds of which a list under its old name was lifted out, as bits.
    var legacy: UInt8 = 0
    /// Kinds of which any list held something, as bits.
    var listed: UInt8 = 0
    /// The document lists scopes itself, so it is a resource too.
    var isResource = false
  }

  private static let runBytes = 256 << 10
  /// Skeletons are small blocks of memory each, so a chunk may not have any number of them.
  private static let maxItems = 10_000
  /// What is left of one object once its lists are out; nobody writes that much.
  private static let skeletonBytes = 16 << 20

  let recordOffset: Int64
  private let breaks: JSONScan.LineBreaks
  private var levels: [Level] = []
  private var ordinal: Int64 = 0
  private var sawList = false
  private var last: UInt8 = 0
  private var skipper: ValueSkipper?

  /// A scanner for the document that starts at an offset of the source.
  init(recordOffset: Int64, breaks: JSONScan.LineBreaks) {
    self.recordOffset = recordOffset
    self.breaks = breaks
  }

  /// Scans what there is.
  ///
  /// - Parameters:
  ///   - bytes: the chunk's bytes.
  ///   - base: offset of the first byte in the source.
  ///   - position: where to go on; moved to where the next call must go on.
  ///   - isLast: the source ends with these bytes.
  ///   - chunk: number of the chunk.
  ///   - skipsLarge: what is not complete exceeds the limit and is to be skipped.
  ///   - items: gets what was found.
  mutating func scan(
    _ bytes: Bytes, base: Int64, position: inout Int, isLast: Bool, chunk: Int,
    skipsLarge: Bool = false, into items: inout [Item]
  ) -> Outcome {
    var skipsLarge = skipsLarge
    while true {
      if items.count >= Self.maxItems { return .full }
      if skipper != nil {
        guard skipper?.skip(bytes, &position) == true else { return .more }
        skipper = nil
        last = 0x7d
      }
      if let stop = skipSeparators(bytes, &position, isLast: isLast) { return stop }
      let byte = bytes[position]
      let step: Step
      if let level = levels.last {
        switch level.role {
        case .document, .resource, .scope:
          step = member(bytes, base, &position, isLast, chunk, skipsLarge, &items)
        case .resources, .scopes, .elements:
          step = element(bytes, base, &position, isLast, chunk, skipsLarge, &items)
        }
      } else {
        guard byte == 0x7b else { return .broken }
        push(.document, base + Int64(position), chunk)
        position += 1
        step = .next(byte)
      }
      switch step {
      case .next(let byte):
        last = byte
        skipsLarge = false
        if levels.isEmpty { return .finished }
      case .more: return .more
      case .broken: return .broken
      }
    }
  }

  /// Closes what is open, so that what was complete is kept although the document is not.
  mutating func abandon(chunk: Int, into items: inout [Item]) {
    while let level = levels.popLast() {
      if case .document = level.role, levels.isEmpty, !level.isResource { break }
      close(level, chunk, isComplete: false, &items)
    }
  }

  private enum Step {
    case next(UInt8)
    case more
    case broken
  }

  /// Moves to the next byte that says something; nil when there is one.
  private mutating func skipSeparators(
    _ bytes: Bytes, _ i: inout Int, isLast: Bool
  ) -> Outcome? {
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

  // MARK: Objects

  private mutating func member(
    _ bytes: Bytes, _ base: Int64, _ position: inout Int, _ isLast: Bool, _ chunk: Int,
    _ skipsLarge: Bool, _ items: inout [Item]
  ) -> Step {
    if bytes[position] == 0x7d {
      position += 1
      if let level = levels.popLast() { close(level, chunk, isComplete: true, &items) }
      return .next(0x7d)
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
        guard isLast || JSONScan.skipBlanks(bytes, value + 1) < bytes.count else { return .more }
      }
      if bytes[value] == 0x5b, let role = list(bytes, key, value, base, &items) {
        position = value + 1
        if let role {
          push(role, base + Int64(value), chunk)
          return .next(0x5b)
        }
        position = value
        skipper = ValueSkipper()
        return .next(0x7d)
      }
      if bytes[value] == 0x7b {
        if levels.count == 1, OTLPKeys.isWrapper(key) {
          position = value + 1
          push(.document, base + Int64(value), chunk)
          return .next(0x7b)
        }
        if let stop = successor(bytes, value, skipsLarge || isLast) { return stop }
      }
      switch end(bytes, value, isLast) {
      case .broken: return .broken
      case .incomplete:
        guard skipsLarge else { return .more }
        items.append(.defect(.tooLarge, offset: base + Int64(value)))
        position = value
        skipper = ValueSkipper()
        return .next(0x7d)
      case .at(let end):
        if levels[levels.count - 1].skeleton.count + end - start > Self.skeletonBytes {
          items.append(.defect(.tooLarge, offset: base + Int64(value)))
        } else {
          keep(bytes, start, keyEnd, value, end)
        }
        position = end
        return .next(0x7d)
      }
    }
  }

  /// The end of a value. What follows a string's last quote says whether it belongs to the string.
  private func end(_ bytes: Bytes, _ start: Int, _ isLast: Bool) -> JSONScan.End {
    let end = JSONScan.endOfValue(bytes, start, isLast: isLast, breaks: breaks)
    return end == .at(bytes.count) && bytes[start] == 0x22 && !isLast ? .incomplete : end
  }

  /// Stops where the next document starts inside this one, which lost its end; nil where none does.
  private func successor(_ bytes: Bytes, _ start: Int, _ isLast: Bool) -> Step? {
    switch DocumentStart.isHere(bytes, start) {
    case true?: .broken
    case nil: isLast ? nil : .more
    case false?: nil
    }
  }

  private mutating func keep(_ bytes: Bytes, _ start: Int, _ keyEnd: Int, _ value: Int, _ end: Int)
  {
    let top = levels.count - 1
    if levels[top].skeleton.count > 1 { levels[top].skeleton.append(0x2c) }
    unsafe levels[top].skeleton.append(contentsOf: bytes.slice(start, keyEnd).raw)
    levels[top].skeleton.append(0x3a)
    unsafe levels[top].skeleton.append(contentsOf: bytes.slice(value, end).raw)
  }

  /// The role of the list under a key; nil if it is none of ours, `.some(nil)` if it does not count.
  private mutating func list(
    _ bytes: Bytes, _ key: Bytes, _ value: Int, _ base: Int64, _ items: inout [Item]
  ) -> Role?? {
    let top = levels.count - 1
    switch levels[top].role {
    case .document, .resource:
      if case .document = levels[top].role, OTLPKeys.isResources(key) {
        sawList = true
        return .some(.resources)
      }
      guard let scopes = OTLPKeys.scopes(key) else { return nil }
      if case .document = levels[top].role {
        sawList = true
        levels[top].isResource = true
      }
      let bit = scopes.kind.bit
      if scopes.isLegacy {
        if levels[top].modern & bit == 0, levels[top].legacy & bit == 0,
          hasModern(bytes, behind: value, scopes.kind)
        {
          levels[top].modern |= bit
        }
        if levels[top].modern & bit != 0 { return .some(nil) }
        levels[top].legacy |= bit
      } else if levels[top].legacy & bit != 0, !isEmptyList(bytes, value) {
        // The old list is gone already. Both say the same, so only one may count.
        items.append(.defect(.wrongType, offset: base + Int64(value)))
        return .some(nil)
      }
      return .some(.scopes(scopes))
    case .scope:
      guard let kind = OTLPKeys.elements(key) else { return nil }
      let resource = levels.last { level in
        switch level.role {
        case .resource, .document: true
        default: false
        }
      }
      return .some(
        .elements(kind, resource: resource?.number ?? 0, scope: levels[top].number))
    default: return nil
    }
  }

  private func isEmptyList(_ bytes: Bytes, _ value: Int) -> Bool {
    let first = JSONScan.skipBlanks(bytes, value + 1)
    return first < bytes.count && bytes[first] == 0x5d
  }

  /// Whether the object goes on, behind the list at an index, with the same list under its new name, as far as the bytes
  /// show it.
  private func hasModern(_ bytes: Bytes, behind list: Int, _ kind: ListKind) -> Bool {
    var value = list
    while case .at(let end) = JSONScan.endOfValue(bytes, value, isLast: false, breaks: breaks) {
      let comma = JSONScan.skipBlanks(bytes, end)
      guard comma < bytes.count, bytes[comma] == 0x2c else { return false }
      let start = JSONScan.skipBlanks(bytes, comma + 1)
      guard start < bytes.count, bytes[start] == 0x22,
        case .at(let keyEnd) = JSONScan.endOfString(bytes, start, breaks: breaks)
      else { return false }
      let colon = JSONScan.skipBlanks(bytes, keyEnd)
      guard colon < bytes.count, bytes[colon] == 0x3a else { return false }
      value = JSONScan.skipBlanks(bytes, colon + 1)
      if let scopes = OTLPKeys.scopes(bytes.slice(start + 1, keyEnd - 1)), scopes.kind == kind,
        !scopes.isLegacy, value < bytes.count, bytes[value] == 0x5b, !isEmptyList(bytes, value)
      {
        return true
      }
    }
    return false
  }

  private mutating func push(_ role: Role, _ offset: Int64, _ chunk: Int) {
    levels.append(Level(role: role, number: UInt64(offset) + 1, chunk: chunk))
  }

  private func close(_ level: Level, _ chunk: Int, isComplete: Bool, _ items: inout [Item]) {
    let skeleton = Skeleton(
      number: level.number, isLocal: level.chunk == chunk, text: level.skeleton + [0x7d],
      listed: level.listed, recordOffset: recordOffset)
    switch level.role {
    case .scope: items.append(.scope(skeleton))
    case .resource: items.append(.resource(skeleton))
    case .document:
      if level.isResource { items.append(.resource(skeleton)) }
      if levels.isEmpty, isComplete { items.append(.document(skeleton, sawList: sawList)) }
    default: break
    }
  }

  // MARK: Lists

  private mutating func element(
    _ bytes: Bytes, _ base: Int64, _ position: inout Int, _ isLast: Bool, _ chunk: Int,
    _ skipsLarge: Bool, _ items: inout [Item]
  ) -> Step {
    let top = levels.count - 1
    let byte = bytes[position]
    if byte == 0x5d {
      position += 1
      levels.removeLast()
      return .next(0x5d)
    }
    if byte == 0x7b, let stop = successor(bytes, position, skipsLarge || isLast) { return stop }
    switch levels[top].role {
    case .resources where byte == 0x7b:
      push(.resource, base + Int64(position), chunk)
      position += 1
      return .next(byte)
    case .scopes(let scopes):
      levels[top - 1].listed |= scopes.kind.bit
      if !scopes.isLegacy { levels[top - 1].modern |= scopes.kind.bit }
      guard byte == 0x7b else { break }
      push(.scope, base + Int64(position), chunk)
      position += 1
      return .next(byte)
    default: break
    }
    switch end(bytes, position, isLast) {
    case .broken: return .broken
    case .incomplete:
      guard skipsLarge else { return .more }
      skipper = ValueSkipper()
      if case .elements(let kind, _, _) = levels[top].role {
        items.append(.dropped(kind, offset: base + Int64(position)))
        ordinal += 1
      } else {
        items.append(.defect(.tooLarge, offset: base + Int64(position)))
      }
    case .at(let end):
      if case .elements(let kind, let resource, let scope) = levels[top].role {
        lift(position, end, kind, resource, scope, &items)
      } else {
        items.append(.defect(.wrongType, offset: recordOffset))
      }
      position = end
    }
    return .next(0x7d)
  }

  private mutating func lift(
    _ start: Int, _ end: Int, _ kind: ListKind, _ resource: UInt64, _ scope: UInt64,
    _ items: inout [Item]
  ) {
    if case .run(var run) = items.last, run.kind == kind, run.scope == scope,
      run.resource == resource, run.ordinal + Int64(run.count) == ordinal,
      end - run.start <= Self.runBytes
    {
      run.end = end
      run.count += 1
      items[items.count - 1] = .run(run)
    } else {
      items.append(
        .run(
          Run(
            kind: kind, start: start, end: end, count: 1, recordOffset: recordOffset,
            ordinal: ordinal, resource: resource, scope: scope)))
    }
    ordinal += 1
  }
}

/// Skips one JSON value of any size while its bytes arrive.
struct ValueSkipper {
  private var depth = 0
  private var isInString = false
  private var isEscaped = false
  private var hasStarted = false

  /// Moves behind the value, or to the end of the bytes; whether the value ended.
  mutating func skip(_ bytes: Bytes, _ i: inout Int) -> Bool {
    while i < bytes.count {
      let byte = bytes[i]
      if isInString {
        if isEscaped {
          isEscaped = false
        } else if byte == 0x5c {
          isEscaped = true
        } else if byte == 0x22 {
          isInString = false
        }
      } else {
        switch byte {
        case 0x22: isInString = true
        case 0x7b, 0x5b: depth += 1
        case 0x7d, 0x5d:
          if depth == 0 { return true }
          depth -= 1
        case 0x2c: if depth == 0, hasStarted { return true }
        default: break
        }
      }
      hasStarted = true
      i += 1
      if depth == 0, !isInString, byte == 0x7d || byte == 0x5d || byte == 0x22 { return true }
    }
    return false
  }
}
