import TraceModel

/// What `OTLPWriter` and `JaegerWriter` say of a span or a resource beyond their formats, taken back as it was.
extension Decoder {
  /// The display name that an exported span had; nil where it is the span's own.
  mutating func exportedName(_ tape: JSONTape, _ exported: Int, unless name: Bytes) -> Symbol? {
    guard let shown = tape.text(member(tape, exported) { $0.equals("operation") }),
      !shown.equals(name)
    else { return nil }
    return symbol(shown)
  }

  /// Facts, peer and error type of an exported span, where it has them. What this reading itself has found of ids and times stays.
  mutating func takeExported(_ tape: JSONTape, _ exported: Int, _ row: inout SpanRow) {
    if member(tape, exported, { $0.equals("follows") }) != 0 { row.facts[.followsParent] = true }
    if member(tape, exported, { $0.equals("error") }) != 0 {
      row.facts.deniesError = false
      row.facts[.errorTag] = true
    }
    let written = member(tape, exported) { $0.equals("facts") }
    if written == 0 { return }
    guard let facts = tape.text(written).flatMap({ decimal($0) }) else {
      batch.defects.count(.wrongType, at: row.offset, "culprit")
      return
    }
    let found = row.facts
    row.facts = SpanFacts(rawValue: facts)
    row.facts.kind = found.kind
    for flag in [SpanFacts.Flag.opaqueID, .opaqueTraceID, .unknownStart, .unknownEnd] {
      row.facts[flag] = found[flag]
    }
    let peer = tape.text(member(tape, exported) { $0.equals("peer") })
    row.peer = peer.map { symbol($0) } ?? .empty
    let type = tape.text(member(tape, exported) { $0.equals("error_type") })
    row.errorType = type.map { symbol($0) } ?? .empty
    takeExportedTexts(tape, exported, &row)
  }

  /// Times, attributes and detail that a format of microseconds without lists could not hold.
  private mutating func takeExportedTexts(_ tape: JSONTape, _ exported: Int, _ row: inout SpanRow) {
    for (key, value) in JSONMembers(tape, exported) {
      if key.equals("start_ns") {
        let time = wholeNumber(tape, value)
        row.facts[.unknownStart] = time == nil
        row.start = time ?? 0
      } else if key.equals("end_ns") {
        let time = wholeNumber(tape, value)
        row.facts[.unknownEnd] = time == nil
        row.end = time ?? row.start
      } else if key.equals("flags") {
        row.flags = wholeNumber(tape, value).flatMap { UInt32(exactly: $0) } ?? 0
      } else if key.equals("attributes") {
        row.attributes = exportedText(tape, value)
      } else if key.equals("detail") {
        row.detail = exportedText(tape, value)
      }
    }
  }

  /// An object as it stood in the store, where nothing stands for an empty one.
  mutating func exportedText(_ tape: JSONTape, _ object: Int) -> TextRange {
    let start = text.count
    if JSONMembers(tape, object).contains(where: { _ in true }) { text.putRaw(tape, object) }
    return range(from: start)
  }

  /// What an exported span's scope says beyond name and version.
  mutating func takeExportedScope(_ tape: JSONTape, _ exported: Int, _ row: inout ScopeRow) {
    let scope = member(tape, exported) { $0.equals("scope") }
    if scope == 0 { return }
    row.attributes = exportedText(tape, member(tape, scope) { $0.equals("attributes") })
    row.detail = exportedText(tape, member(tape, scope) { $0.equals("detail") })
  }

  /// Frames of an exported exception that its back end had listed.
  mutating func putExportedFrames(_ tape: JSONTape, _ exported: Int) {
    let frames = member(tape, exported) { $0.equals("frames") }
    guard tape.tag(frames) == JSONTape.Tag.array else { return }
    text.put(",\"frames\":")
    text.putRaw(tape, frames)
  }

  /// Names of a resource of an exported span.
  mutating func takeExported(_ tape: JSONTape, _ exported: Int, _ row: inout ResourceRow) {
    func name(_ key: StaticString) -> Bytes? {
      tape.text(member(tape, exported) { $0.equals(key) })
    }
    if let service = name("service") { row.service = symbol(service) }
    row.host = name("host").map { symbol($0) } ?? .empty
    row.instance = name("instance").map { symbol($0) } ?? .empty
    row.version = name("version").map { symbol($0) } ?? .empty
  }
}

extension JSONText {
  /// What an exported span has beyond its format: facts, display name, peer and error type, as one object.
  mutating func putExported(_ record: SpanRecord) {
    put("{\"facts\":\"")
    putUInt(record.span.facts.rawValue)
    put("\",\"operation\":")
    putString(record.operation)
    if !record.peer.isEmpty {
      put(",\"peer\":")
      putString(record.peer)
    }
    if !record.errorType.isEmpty {
      put(",\"error_type\":")
      putString(record.errorType)
    }
    put(0x7d)
  }
}
