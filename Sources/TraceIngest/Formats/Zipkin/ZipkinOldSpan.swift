import TraceModel

/// Zipkin v1: one record may hold both sides of a call, told by its annotations.
///
/// Each side gets what its own endpoint noted. A record that names no side is the caller's where it names a server's address alone, the
/// server's where it names a caller's.
extension Decoder {
  /// What the annotations of a record say of one side of a call.
  private struct Side {
    var kind: StaticString
    var start: Int64?
    var end: Int64?
    var endpoint = 0
    var isThere = false
    /// Where the other end is.
    var remote = 0
    var tags: [Int] = []
    var events: [Int] = []
    var isError = false
    var message: Bytes?

    mutating func note(_ time: Int64?, _ endpoint: Int, isStart: Bool) {
      isThere = true
      if isStart { start = time } else { end = time }
      if endpoint != 0 { self.endpoint = endpoint }
    }
  }

  mutating func oldZipkinSpan(
    _ tape: JSONTape, _ span: Int, _ fields: ZipkinSpanFields, _ envelope: Envelope
  ) {
    var odd: [(name: StaticString, index: Int)] = []
    var others: [Int] = []
    var sides = noteSides(tape, fields, &others, envelope.offset, &odd)
    var remote: [(end: UInt8, endpoint: Int)] = []
    var tags: [Int] = []
    for element in JSONElements(tape, fields.binary) {
      let note = ZipkinNote(tape, element)
      let key = tape.text(note.key)
      if let key, key.equals("sa") || key.equals("ca") || key.equals("ma") {
        remote.append((key[0], note.endpoint))
      } else if key != nil {
        tags.append(element)
      } else {
        batch.defects.count(.wrongType, at: envelope.offset, "binaryAnnotations")
        odd.append(("binaryAnnotations", element))
      }
    }
    if sides.isEmpty {
      var side = Side(kind: "UNSPECIFIED")
      if remote.contains(where: { $0.end == 0x73 }) {
        side.kind = "CLIENT"
      } else if remote.contains(where: { $0.end == 0x63 }) {
        side.kind = "SERVER"
      }
      sides.append(side)
    }
    for element in others + tags {
      let note = ZipkinNote(tape, element)
      let at = owner(tape, note.endpoint, sides)
      if sides[at].endpoint == 0 { sides[at].endpoint = note.endpoint }
      if note.key != 0 { sides[at].tags.append(element) } else { sides[at].events.append(element) }
      let words = tape.text(note.key != 0 ? note.key : note.value)
      if words?.equals("error") == true {
        sides[at].isError = true
        if note.key != 0 { sides[at].message = ZipkinTold.message(tape, note.value) }
      }
    }
    for (end, endpoint) in remote {
      // A server's address is the client's other end, and the other way round.
      let at = sides.firstIndex {
        switch end {
        case 0x73: $0.kind.description == "CLIENT"
        case 0x63: $0.kind.description == "SERVER"
        default: $0.kind.description != "CLIENT" && $0.kind.description != "SERVER"
        }
      }
      if let at { sides[at].remote = endpoint }
    }
    var inner = envelope
    for (number, side) in sides.enumerated() {
      if number > 0 { inner.offset = nextOffset() }
      putOldSide(tape, span, fields, side, isFirst: number == 0, inner, &odd)
    }
  }

  /// The sides that a record's annotations name, the caller first; other annotations go into `others`.
  private mutating func noteSides(
    _ tape: JSONTape, _ fields: ZipkinSpanFields, _ others: inout [Int], _ offset: Int64,
    _ odd: inout [(name: StaticString, index: Int)]
  ) -> [Side] {
    var sides = [
      Side(kind: "CLIENT"), Side(kind: "SERVER"), Side(kind: "PRODUCER"), Side(kind: "CONSUMER"),
    ]
    for element in JSONElements(tape, fields.annotations) {
      let note = ZipkinNote(tape, element)
      let value = tape.text(note.value) ?? Bytes.none
      let at: (side: Int, isStart: Bool)? =
        if value.equals("cs") {
          (0, true)
        } else if value.equals("cr") {
          (0, false)
        } else if value.equals("sr") {
          (1, true)
        } else if value.equals("ss") {
          (1, false)
        } else if value.equals("ms") {
          (2, true)
        } else if value.equals("mr") {
          (3, true)
        } else {
          nil
        }
      guard let at else {
        others.append(element)
        continue
      }
      let time = zipkinTime(tape, note.time, "annotations.timestamp", offset, &odd)
      sides[at.side].note(time, note.endpoint, isStart: at.isStart)
    }
    return sides.filter(\.isThere)
  }

  /// The side whose service an endpoint names, else the first.
  private func owner(_ tape: JSONTape, _ endpoint: Int, _ sides: [Side]) -> Int {
    guard sides.count > 1, let name = tape.text(ZipkinEndpoint(tape, endpoint).service) else {
      return 0
    }
    return sides.firstIndex { side in
      tape.text(ZipkinEndpoint(tape, side.endpoint).service).map { $0.equals(name) } ?? false
    } ?? 0
  }

  /// One side of a record; the first one owns the record's times.
  private mutating func putOldSide(
    _ tape: JSONTape, _ span: Int, _ fields: ZipkinSpanFields, _ side: Side, isFirst: Bool,
    _ envelope: Envelope, _ odd: inout [(name: StaticString, index: Int)]
  ) {
    composed.begin()
    putEndpointResource(tape, side.endpoint)
    putZipkinIDs(tape, fields, &odd)
    composed.text("kind", plain: side.kind.description)
    var start = side.start
    var length: Int64?
    if isFirst {
      start = zipkinTime(tape, fields.start, "timestamp", envelope.offset, &odd) ?? start
      length = zipkinTime(tape, fields.duration, "duration", envelope.offset, &odd)
    }
    if length == nil, let start, let end = side.end, end >= start { length = end - start }
    putZipkinTimes(start: start, length: length, fields, envelope.offset, &odd)
    composed.open("attributes")
    putRemote(tape, side.remote)
    putLocalPort(tape, side.endpoint)
    for element in side.tags {
      let note = ZipkinNote(tape, element)
      if let key = tape.text(note.key) { composed.value(key, tape, note.value) }
    }
    composed.close()
    if let message = side.message {
      composed.open("status")
      composed.text("message", message)
      composed.close()
    }
    if side.isError { putZipkinError() }
    composed.openList("events")
    for element in side.events { putZipkinEvent(tape, element, envelope.offset, &odd) }
    composed.closeList()
    putZipkinRest(tape, span, fields, envelope.offset, &odd)
    if isFirst { odd.removeAll() }
    composed.close()
    addComposed(envelope)
  }
}
