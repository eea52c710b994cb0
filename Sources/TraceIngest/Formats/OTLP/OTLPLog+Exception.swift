import TraceModel

/// OpenTelemetry's exception of a log record: attributes `exception.type`, `exception.message`, `exception.stacktrace` (formats/traces.md 1.4).
extension Decoder {
  /// The detail of a record with the exception that its attributes hold; an empty range where they hold none.
  ///
  /// - Parameter attributes: OTLP's list of keys and values, or a plain object.
  mutating func exceptionDetail(_ tape: JSONTape, _ attributes: Int) -> TextRange {
    var type = Bytes.none
    var message = Bytes.none
    var stack = Bytes.none
    func take(_ key: Bytes, _ words: Bytes) {
      if key.equals("exception.type") { type = words }
      if key.equals("exception.message") { message = words }
      if key.equals("exception.stacktrace") { stack = words }
    }
    for pair in JSONElements(tape, attributes) {
      // Mostly `{"key": "…", …}`: nothing is looked for where the key is another.
      guard tape.tag(pair) == JSONTape.Tag.object,
        let key = tape.text(member(tape, pair) { $0.equals("key") }),
        key.starts(with: "exception.")
      else { continue }
      let value = AnyValue(tape, member(tape, pair) { $0.equals("value") })
      if value.kind == .string, let words = tape.text(value.index) { take(key, words) }
    }
    for (key, value) in JSONMembers(tape, attributes) where key.starts(with: "exception.") {
      if let words = tape.text(value) { take(key, words) }
    }
    guard type.count > 0 || stack.count > 0 else { return TextRange() }
    let start = text.count
    detailMember("exception", from: start)
    putException(exception(type: type, message: message, stack: stack))
    return endDetail(from: start)
  }

  /// The exception of a stack trace with what was said of it apart; where the trace cannot be read, of that alone.
  mutating func exception(type: Bytes, message: Bytes, stack: Bytes) -> ExceptionRecord {
    guard var record = exception(in: stack) else {
      return ExceptionRecord(
        language: "", parts: [ExceptionPart(type: type.string, message: message.string)])
    }
    if record.parts[0].type.isEmpty { record.parts[0].type = type.string }
    if record.parts[0].message.isEmpty { record.parts[0].message = message.string }
    return record
  }
}
