import TraceModel

/// What the records of all trackers have in common.
extension Decoder {
  /// The severity of a level, and the level as it was written.
  mutating func setSeverity(_ level: Bytes, default number: UInt8, _ row: inout LogRow) {
    row.severity = number
    guard level.count > 0 else { return }
    row.severityText = symbol(level)
    let known = severityNumber(level)
    if known != 0 {
      row.severity = known
    } else {
      batch.defects.count(.unknownEnum, at: row.offset)
    }
  }

  /// A number that tells an event of a tracker from all others, in whatever export it stands; 0 where the first value is absent.
  mutating func trackerIdentity(
    _ kind: StaticString, _ tape: JSONTape, _ values: [Int], _ more: Bytes
  ) -> UInt64 {
    guard let first = values.first, first != 0 else { return 0 }
    let start = text.count
    text.put(kind)
    for value in values {
      text.put(0x0a)
      // `4f3c-…` and `4F3C…` are one id.
      if let words = tape.text(value) {
        for place in 0..<words.count where words[place] != 0x2d {
          let byte = words[place]
          text.put(byte &- 0x41 < 26 ? byte | 0x20 : byte)
        }
      } else if value != 0 {
        text.putRaw(tape, value)
      }
    }
    text.put(0x0a)
    text.buffer.put(more)
    defer { text.buffer.count = start }
    return unsafe stableHash(text.buffer.bytes.slice(start, text.count).raw, seed: 5) | 1
  }

  /// Writes what is left of a record: attributes, detail, the title as the body where there is none yet; and keeps it.
  ///
  /// - Parameter except: members that are not kept among the attributes, because they became columns.
  mutating func trackerRow(
    _ tape: JSONTape, _ object: Int, _ report: TrackerReport, _ exception: ExceptionRecord?,
    environment: Bytes, except: [StaticString], _ row: inout LogRow
  ) {
    var start = text.count
    text.put(0x7b)
    var isEmpty = true
    if environment.count > 0, member(tape, object, "deployment.environment.name") == 0 {
      text.put("\"deployment.environment.name\":")
      text.putString(environment)
      isEmpty = false
    }
    putRequest(tape, object, &isEmpty)
    text.putTokenlessMembers(tape, object, isEmpty: &isEmpty, except: except)
    text.put(0x7d)
    row.attributes = range(from: start)
    row.detail = trackerDetail(tape, report, exception)
    if row.body.count == 0 {
      start = text.count
      if report.title.count > 0 {
        text.buffer.put(report.title)
      } else if let part = exception?.parts.first {
        text.buffer.put(part.type)
        if !part.type.isEmpty, !part.message.isEmpty { text.put(": ") }
        text.buffer.put(part.message)
      }
      row.body = range(from: start)
    }
    add(row)
  }

  /// The request under OpenTelemetry's names, beside the request as it was sent.
  private mutating func putRequest(_ tape: JSONTape, _ object: Int, _ isEmpty: inout Bool) {
    let request = member(tape, object, "request")
    guard tape.tag(request) == JSONTape.Tag.object else { return }
    let names: [(StaticString, StaticString)] = [
      ("method", "\"http.request.method\":"), ("url", "\"url.full\":"),
      ("user_ip", "\"client.address\":"),
    ]
    for (name, key) in names {
      guard let words = tape.text(member(tape, request, name)), words.count > 0 else { continue }
      if !isEmpty { text.put(0x2c) }
      isEmpty = false
      text.put(key)
      text.putString(words)
    }
  }

  /// The ids that an object carries, also in objects inside it.
  mutating func putIDs(_ tape: JSONTape, _ object: Int, _ row: inout LogRow) {
    innerKeys.look(tape, object, &text.memberKeys)
    let ids = carriedIDs(tape, object, innerKeys)
    if !ids.trace.isAbsent {
      row.trace = ids.trace
      row.span = ids.span
    } else if !ids.span.isAbsent {
      row.span = ids.span
    }
  }
}
