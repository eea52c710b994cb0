import TraceModel

/// Cuts a source of OTLP protobuf: one request to its end, or requests with four bytes of length before each, the most
/// significant first, as the collector's file exporter writes them.
///
/// Where a length is damaged, the next place that looks like a request is searched, and what lies between is counted.
struct ProtobufSplitter {
  private enum State {
    /// At the start of a request.
    case requests
    /// Inside one that is taken apart.
    case request(ProtobufScanner)
    /// Behind damage: on to what looks like the start of a request.
    case resync
  }

  /// A chunk of tiny requests ends early, so that the list of them stays small.
  private static let maxRecords = 50_000
  /// So many bytes say whether a request starts.
  private static let headBytes = 64

  private let isFramed: Bool
  private var state = State.requests
  /// What was passed over was counted.
  private var isCounted = false

  /// A splitter for a source that starts with these bytes.
  init(_ prefix: Bytes) { isFramed = ProtobufShape.isFrame(prefix, 0) == true }

  /// Whether a request is being taken apart.
  var isInside: Bool { if case .request = state { true } else { false } }

  /// What there is to cut, and the room for it.
  struct View {
    /// The chunk's bytes.
    let bytes: Bytes
    /// Offset of the first byte in the source.
    let base: Int64
    /// The source ends with these bytes.
    let isLast: Bool
    /// Number of the chunk.
    let chunk: Int
    /// What does not fit into so many bytes is taken apart.
    let chunkBytes: Int
    /// What is not complete exceeds the limit and is to be skipped.
    let skipsLarge: Bool
  }

  /// Cuts from a position on, as far as it goes; more bytes are needed then, or the chunk is full.
  mutating func split(_ view: View, _ position: inout Int, _ items: inout [Item]) {
    while position < view.bytes.count || view.isLast && isInside, items.count < Self.maxRecords {
      switch state {
      case .requests:
        guard isFramed ? frame(view, &position, &items) : plain(view, position, &items) else {
          return
        }
        if !isFramed, case .requests = state { position = view.bytes.count }
      case .request(var scanner):
        let outcome = scanner.scan(
          view.bytes, base: view.base, position: &position, isLast: view.isLast,
          chunk: view.chunk, skipsLarge: view.skipsLarge && position == 0, into: &items)
        guard settle(outcome, &scanner, view, &position, &items) else { return }
      case .resync: guard resync(view, &position) else { return }
      }
    }
  }

  private mutating func begin(_ view: View, _ start: Int, end: Int?) {
    let offset = view.base + Int64(start)
    state = .request(
      ProtobufScanner(
        recordOffset: offset, start: offset, end: end.map { view.base + Int64($0) }))
  }

  /// The one request of a source; false where it is not known yet whether it is small.
  private mutating func plain(_ view: View, _ position: Int, _ items: inout [Item]) -> Bool {
    let count = view.bytes.count - position
    if view.isLast, count <= Decoder.wholeRecordBytes {
      items.append(.record(start: position, end: view.bytes.count, isCut: true))
      return true
    }
    guard view.isLast || count >= view.chunkBytes || count > Decoder.wholeRecordBytes else {
      return false
    }
    begin(view, position, end: nil)
    return true
  }

  /// The request whose length stands at the position; false where more bytes are needed.
  private mutating func frame(
    _ view: View, _ position: inout Int, _ items: inout [Item]
  ) -> Bool {
    let bytes = view.bytes
    guard bytes.count - position >= 4 else {
      guard view.isLast else { return false }
      items.append(.defect(.cutOffRecord, offset: view.base + Int64(position)))
      position = bytes.count
      return false
    }
    let body = position + 4
    let end = body + ProtobufShape.frameLength(bytes, position)
    if end > bytes.count {
      // What ends inside is taken apart, so that what is complete is kept.
      guard view.isLast || position == 0 && bytes.count >= view.chunkBytes else { return false }
      guard ProtobufShape.isEntry(bytes, body, end) != false else {
        startResync(view, position, &items)
        position += 1
        return true
      }
      begin(view, body, end: end)
      position = body
      return true
    }
    let reached = ProtobufShape.endOfEntries(bytes, body, end)
    if reached < end, !follows(view, end) {
      // The length is wrong where requests go on before its end, or do not at it.
      startResync(view, position, &items)
      let stop = ProtobufShape.endOfEntries(bytes, body, bytes.count)
      if stop > body,
        ProtobufShape.isFrame(bytes, stop) == true || view.isLast && stop == bytes.count
      {
        items.append(.record(start: body, end: stop, isCut: false))
        position = stop
        state = .requests
        isCounted = false
      } else {
        position += 1
      }
      return true
    }
    items.append(.record(start: body, end: end, isCut: false))
    position = end
    return true
  }

  /// Whether the next request, or the source's end, is at an index, as far as the bytes show it.
  private func follows(_ view: View, _ index: Int) -> Bool {
    if index == view.bytes.count { return true }
    return ProtobufShape.isFrame(view.bytes, index) ?? !view.isLast
  }

  private mutating func settle(
    _ outcome: OTLPScanner.Outcome, _ scanner: inout ProtobufScanner, _ view: View,
    _ position: inout Int, _ items: inout [Item]
  ) -> Bool {
    switch outcome {
    case .finished:
      state = .requests
      return true
    case .full:
      state = .request(scanner)
      return false
    case .more where !view.isLast:
      state = .request(scanner)
      return false
    case .more, .broken:
      scanner.abandon(chunk: view.chunk, into: &items)
      if outcome == .more {
        items.append(.defect(.cutOffRecord, offset: view.base + Int64(position)))
        position = view.bytes.count
        state = .requests
        return false
      }
      startResync(view, position, &items)
      return true
    }
  }

  private mutating func startResync(_ view: View, _ position: Int, _ items: inout [Item]) {
    if !isCounted { items.append(.defect(.brokenRecord, offset: view.base + Int64(position))) }
    isCounted = true
    state = .resync
  }

  /// Moves to what looks like the start of a request; false where the bytes end before.
  private mutating func resync(_ view: View, _ position: inout Int) -> Bool {
    while position < view.bytes.count {
      if !view.isLast, !view.skipsLarge, view.bytes.count - position < Self.headBytes {
        return false
      }
      let isStart =
        isFramed
        ? ProtobufShape.isFrame(view.bytes, position)
        : ProtobufShape.isEntry(view.bytes, position, .max)
      if isStart == true {
        isCounted = false
        state = .requests
        if !isFramed { begin(view, position, end: nil) }
        return true
      }
      position += 1
    }
    return false
  }
}
