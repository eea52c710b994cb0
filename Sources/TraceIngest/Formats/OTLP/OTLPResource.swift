import TraceModel

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Resources and scopes of an OTLP document.
extension Decoder {
  /// What the object that holds `resource` says.
  mutating func resourceContent(
    _ tape: JSONTape, in index: Int, listed: UInt8
  ) -> ResourceRow {
    resourceContent(tape, member(tape, index) { $0.equals("resource") }, listed: listed)
  }

  /// What a resource says.
  mutating func resourceContent(
    _ tape: JSONTape, _ resource: Int, listed: UInt8
  ) -> ResourceRow {
    let attributes = member(tape, resource) { $0.equals("attributes") }
    let written = self.attributes(tape, attributes, recordOffset)
    if attributes == 0 { finder.clear() }
    countUnlessObject(tape, resource, "resource")
    let detail = restOfResource(tape, resource)
    let exported = member(tape, resource) { $0.equals("culprit") }
    // Metrics of a host may well name no service.
    var row = resourceRow(
      tape, written,
      needsService: exported == 0 && listed & (ListKind.span.bit | ListKind.log.bit) != 0)
    row.detail = detail
    if exported != 0 { takeExported(tape, exported, &row) }
    return row
  }

  /// Writes what a resource says beside its attributes, behind them.
  mutating func restOfResource(_ tape: JSONTape, _ resource: Int) -> TextRange {
    detail(tape, resource) { key, value in
      if key.equals("attributes") {
        return tape.tag(value) == JSONTape.Tag.array || tape.tag(value) == JSONTape.Tag.object
      }
      return key.equals("culprit")
    }
  }

  /// Writes what a resource or a scope says beside what columns hold: how many attributes were dropped, and what is not known.
  private mutating func detail(
    _ tape: JSONTape, _ object: Int, isColumn: (Bytes, Int) -> Bool
  ) -> TextRange {
    var dropped: Int64 = 0
    func isKnown(_ key: Bytes, _ value: Int) -> Bool {
      if isColumn(key, value) { return true }
      guard OTLPKeys.isDroppedAttributes(key), let count = wholeNumber(tape, value), count >= 0
      else { return false }
      dropped = count
      return true
    }
    let start = text.count
    text.put(0x7b)
    let hasUnknown = putUnknown(tape, object, isKnown: isKnown)
    if dropped != 0 {
      batch.defects.count(.droppedAtSource, at: recordOffset)
      if hasUnknown { text.put(0x2c) }
      text.put("\"dropped_attributes\":")
      text.putInt(dropped)
    }
    if text.count == start + 1 { text.buffer.count = start } else { text.put(0x7d) }
    return range(from: start)
  }

  /// Writes `"unknown":{…}`, the members of an object that no column has, as they stand; whether there were any.
  mutating func putUnknown(
    _ tape: JSONTape, _ object: Int, isKnown: (Bytes, Int) -> Bool
  ) -> Bool {
    var hasUnknown = false
    for (key, value) in JSONMembers(tape, object) where tape.tag(value) != JSONTape.Tag.null {
      if isKnown(key, value) { continue }
      text.put(hasUnknown ? "," : "\"unknown\":{")
      hasUnknown = true
      text.putString(key)
      text.put(0x3a)
      text.putRaw(tape, value)
    }
    if hasUnknown { text.put(0x7d) }
    return hasUnknown
  }

  private mutating func countUnlessObject(_ tape: JSONTape, _ index: Int, _ name: String) {
    if index == 0 || tape.tag(index) == JSONTape.Tag.object { return }
    batch.defects.count(.wrongType, at: recordOffset, name)
  }

  /// The row of a resource whose attributes were written; `finder` knows them.
  mutating func resourceRow(
    _ tape: JSONTape, _ attributes: TextRange, needsService: Bool = true
  ) -> ResourceRow {
    var row = ResourceRow()
    row.attributes = attributes
    if let service = finder.text(.serviceName, tape) ?? finder.text(.awsLocalService, tape) {
      row.service = symbol(service)
    } else if let number = finder.int(.serviceName, tape) {
      row.service = batch.symbols.intern(String(number))
    } else {
      row.service = batch.symbols.intern("unknown_service")
      if needsService { batch.defects.count(.missingService, at: recordOffset) }
    }
    row.host = host(tape)
    if let instance = finder.text(.serviceInstance, tape) { row.instance = symbol(instance) }
    if let version = finder.text(.serviceVersion, tape) { row.version = symbol(version) }
    return row
  }

  /// `host.id`, else the first address, else the name.
  private mutating func host(_ tape: JSONTape) -> Symbol {
    if let id = finder.text(.hostID, tape) { return symbol(id) }
    for key in [AttributeKey.hostIP, .ip] {
      if let address = finder.text(key, tape) { return symbol(address) }
      let list = finder.value(key, tape)
      if list.kind == .array {
        let first = AnyValue(tape, tape.inside(list.index).first)
        if first.kind == .string, let address = tape.text(first.index), address.count > 0 {
          return symbol(address)
        }
      }
    }
    if let name = finder.text(.hostName, tape) ?? finder.text(.hostname, tape) {
      return symbol(name)
    }
    return .empty
  }

  /// What the object that holds `scope` says.
  mutating func scopeContent(_ tape: JSONTape, in index: Int) -> ScopeRow {
    scopeContent(tape, member(tape, index) { OTLPKeys.isScope($0) })
  }

  /// What a scope says.
  mutating func scopeContent(_ tape: JSONTape, _ scope: Int) -> ScopeRow {
    countUnlessObject(tape, scope, "scope")
    let name = member(tape, scope) { $0.equals("name") }
    let version = member(tape, scope) { $0.equals("version") }
    let attributes = member(tape, scope) { $0.equals("attributes") }
    var row = ScopeRow()
    if let name = tape.text(name) { row.name = symbol(name) }
    if let version = tape.text(version) { row.version = symbol(version) }
    let start = text.count
    let isHeld = isAttributes(tape, attributes)
    if isHeld { putAttributes(tape, attributes, recordOffset) }
    row.attributes = range(from: start)
    // What its column cannot hold stays as it stands.
    var odd: [Int] = []
    if name != 0, tape.text(name) == nil { odd.append(name) }
    if version != 0, tape.text(version) == nil { odd.append(version) }
    if attributes != 0, !isHeld { odd.append(attributes) }
    for _ in odd { batch.defects.count(.wrongType, at: recordOffset, "scope") }
    row.detail = detail(tape, scope) { key, value in
      (key.equals("name") || key.equals("version") || key.equals("attributes"))
        && !odd.contains(value)
    }
    if row.textCount == 0 { (row.attributes, row.detail) = (TextRange(), TextRange()) }
    return row
  }

  /// The row of a resource; the one that is there where it is equal, and then its text is taken back.
  mutating func addResource(_ row: ResourceRow) -> UInt32 {
    let start = Int(row.attributes.start)
    // The detail stands behind the attributes.
    let end = start + Int(row.attributes.count + row.detail.count)
    let (number, first) = resourceRows.find(text.buffer.bytes.slice(start, end))
    // Attributes in an odd form can have the same text and name another service.
    var content = row
    content.attributes.start = UInt32(number)
    content.detail = TextRange()
    let known = first.flatMap {
      batch.resources[Int($0)].isSame(as: row) ? $0 : oddResources[content]
    }
    if let known {
      if end == text.count { text.buffer.count = start }
      return known
    }
    let index = UInt32(batch.resources.count)
    batch.resources.append(row)
    if first == nil { resourceRows.note(number, index) } else { oddResources[content] = index }
    return index
  }

  /// The row of a scope; the one that is there where one of the last is equal.
  mutating func addScope(_ row: ScopeRow) -> UInt32 {
    let count = batch.scopes.count
    for index in stride(from: count - 1, through: max(0, count - 8), by: -1)
    where isSame(batch.scopes[index], row) {
      if row.textCount > 0, Int(row.attributes.start) + row.textCount == text.count {
        text.buffer.count = Int(row.attributes.start)
      }
      return UInt32(index)
    }
    batch.scopes.append(row)
    return UInt32(count)
  }

  private func isSame(_ one: ScopeRow, _ other: ScopeRow) -> Bool {
    guard
      one.late == other.late, one.isKnown == other.isKnown, one.name == other.name,
      one.version == other.version, one.attributes.count == other.attributes.count,
      one.detail.count == other.detail.count
    else { return false }
    if one.textCount == 0 { return true }
    let texts = text.buffer.bytes
    let start = Int(one.attributes.start)
    let otherStart = Int(other.attributes.start)
    return texts.slice(start, start + one.textCount)
      .equals(texts.slice(otherStart, otherStart + other.textCount))
  }

  /// Index of the last member of an object whose key is asked for; 0 where there is none or it is null.
  func member(_ tape: JSONTape, _ object: Int, _ isMeant: (Bytes) -> Bool) -> Int {
    guard tape.tag(object) == JSONTape.Tag.object else { return 0 }
    var found = 0
    var (i, end) = tape.inside(object)
    while i + 1 < end {
      if let key = tape.text(i), isMeant(key), tape.tag(i + 1) != JSONTape.Tag.null {
        found = i + 1
      }
      i = tape.after(i + 1)
    }
    return found
  }

  /// The symbol of a text.
  @inline(__always) mutating func symbol(_ name: Bytes) -> Symbol {
    unsafe batch.symbols.intern(name.raw)
  }

  /// Writes a list of keys and values; `finder` then knows those that matter.
  mutating func attributes(_ tape: JSONTape, _ list: Int, _ offset: Int64) -> TextRange {
    let start = text.count
    switch tape.tag(list) {
    case JSONTape.Tag.array:
      text.putAttributes(tape, list, &finder)
      countTextDefects(offset)
    case JSONTape.Tag.null, 0, UInt8(ascii: "r"): finder.clear()
    default:
      finder.clear()
      if tape.tag(list) == JSONTape.Tag.object, hasPlainAttributes {
        text.putPlainAttributes(tape, list, &finder)
        countTextDefects(offset)
      } else if tape.tag(list) == JSONTape.Tag.object {
        batch.defects.count(.wrongType, at: offset, "attributes")
        text.putRaw(tape, list)
      } else {
        countUnheld(.wrongType, list, offset, "attributes")
      }
    }
    return range(from: start)
  }

  /// Writes a plain JSON object as attributes; `finder` then knows those that matter.
  mutating func plainAttributes(_ tape: JSONTape, _ object: Int, _ offset: Int64) -> TextRange {
    let start = text.count
    guard tape.tag(object) == JSONTape.Tag.object else {
      finder.clear(isPlain: true)
      return TextRange()
    }
    text.putPlainAttributes(tape, object, &finder)
    countTextDefects(offset)
    return range(from: start)
  }

  /// What was written since a place.
  func range(from start: Int) -> TextRange {
    TextRange(
      start: UInt32(truncatingIfNeeded: start),
      count: UInt32(truncatingIfNeeded: text.count - start))
  }

  /// Counts what the writer of texts met.
  @inline(__always) mutating func countTextDefects(_ offset: Int64) {
    if text.repeatedKeys | text.wrongTypes | text.oddNumbers != 0 { moveTextDefects(offset) }
  }

  @inline(never) private mutating func moveTextDefects(_ offset: Int64) {
    for (kind, count) in [
      (Defect.Kind.repeatedKey, text.repeatedKeys), (.wrongType, text.wrongTypes),
      (.oddNumber, text.oddNumbers),
    ] where count > 0 {
      batch.defects.add(
        Defect(kind: kind, count: count, firstOffset: offset, example: "attributes"))
    }
    text.repeatedKeys = 0
    text.wrongTypes = 0
    text.oddNumbers = 0
  }
}

extension ResourceRow {
  /// Whether all but the attributes is the same.
  fileprivate func isSame(as other: ResourceRow) -> Bool {
    service == other.service && host == other.host && instance == other.instance
      && version == other.version && attributes.count == other.attributes.count
  }
}

extension ScopeRow {
  /// Bytes of attributes and detail, which stand behind each other.
  fileprivate var textCount: Int { Int(attributes.count + detail.count) }
}
