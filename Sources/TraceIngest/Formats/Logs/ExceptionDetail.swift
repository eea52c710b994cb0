import TraceModel

/// Stack traces that a batch has met: a crash loop or a busy error path writes the same text again and again.
struct MetExceptions {
  /// Beyond so many, what is new is parsed and not kept.
  private static let limit = 4096
  /// Longer texts are parsed each time.
  private static let maxBytes = 1 << 15

  private var texts = SymbolTable()
  private var records: [ExceptionRecord?] = []
  /// JSON of records.
  private var written: [ExceptionRecord: [UInt8]] = [:]

  /// Forgets all.
  mutating func removeAll() {
    if records.isEmpty, written.isEmpty { return }
    texts.removeAll()
    records.removeAll(keepingCapacity: true)
    written.removeAll(keepingCapacity: true)
  }

  /// The record of a text, parsed where it is new.
  mutating func record(_ text: Bytes) -> ExceptionRecord? {
    if records.count >= Self.limit || text.count > Self.maxBytes {
      return unsafe ExceptionRecord(parsing: text.raw)
    }
    let index = Int(unsafe texts.intern(text.raw).index)
    if index < records.count { return records[index] }
    // The table has a name of its own before the first.
    while records.count < index { records.append(nil) }
    let record = unsafe ExceptionRecord(parsing: text.raw)
    records.append(record)
    return record
  }

  /// The JSON of a record, nil where it was not kept.
  func json(_ record: ExceptionRecord) -> [UInt8]? { written[record] }

  /// Keeps the JSON of a record.
  mutating func keep(_ json: [UInt8], _ record: ExceptionRecord) {
    if written.count < Self.limit, json.count <= Self.maxBytes { written[record] = json }
  }
}

/// Exceptions inside records: text of any language → the member `exception` of a row's detail.
extension Decoder {
  /// The exception that a text holds; nil where it holds no stack trace. Equal texts are parsed once a batch.
  ///
  /// - Complexity: for one line that is no crash, one look at its bytes; else linear in the text.
  mutating func exception(in text: Bytes) -> ExceptionRecord? {
    guard mayHoldTrace(text) else { return nil }
    return exceptions.record(text)
  }

  /// Whether a text has several lines, or one that crashes have alone, or line breaks written as escapes.
  private func mayHoldTrace(_ text: Bytes) -> Bool {
    guard text.count >= 12 else { return false }
    if text.firstIndex(of: 0x0a, from: 0) != nil || text.firstIndex(of: 0x0d, from: 0) != nil {
      return true
    }
    if text.starts(with: "thread '") || text.starts(with: "panic: ")
      || text.starts(with: "fatal error: ") || text.starts(with: "PHP Fatal error: ")
      || text.starts(with: "** (") || text.starts(with: "Fatal error: ")
    {
      return true
    }
    // `Mod/File.swift:3: Fatal error: …`
    if let blank = text.firstIndex(of: 0x20, from: 0), blank > 2, text[blank - 1] == 0x3a,
      text[blank - 2] &- 0x30 < 10
    {
      return true
    }
    if let slash = text.firstIndex(of: 0x5c, from: 0), text.slice(slash, text.count).has("\\n") {
      return true
    }
    return text.has("#012") || text.has("   at ")
  }

  /// Writes an exception as JSON: {`type`, `message`, `language`, `blame` (the frame to blame, as text), `strict`, `loose` (fingerprints, 16
  /// hex digits), `parts` [{`type`, `message`, `aside` (only where true), `frames` [{`function`, `file`, `line`, `module`, `in_app`}]}]}.
  ///
  /// `type` and `message` are those of the outermost one.
  mutating func putException(_ record: ExceptionRecord) {
    if let known = exceptions.json(record) {
      for byte in known { text.put(byte) }
      return
    }
    let start = text.count
    let first = record.parts.first
    putMember("{\"type\":", first?.type ?? "")
    putMember(",\"message\":", first?.message ?? "")
    putMember(",\"language\":", record.language)
    putMember(",\"blame\":", record.blamed?.description ?? "")
    putMember(",\"strict\":", SpanID(record.strictFingerprint).description)
    putMember(",\"loose\":", SpanID(record.looseFingerprint).description)
    text.put(",\"parts\":[")
    for (index, part) in record.parts.enumerated() {
      putMember(index == 0 ? "{\"type\":" : ",{\"type\":", part.type)
      putMember(",\"message\":", part.message)
      if part.isAside { text.put(",\"aside\":true") }
      text.put(",\"frames\":[")
      for (number, frame) in part.frames.enumerated() {
        putMember(number == 0 ? "{\"function\":" : ",{\"function\":", frame.function)
        putMember(",\"file\":", frame.file)
        text.put(",\"line\":")
        text.putInt(Int64(frame.line))
        putMember(",\"module\":", frame.module)
        text.put(frame.isInApp ? ",\"in_app\":true}" : ",\"in_app\":false}")
      }
      text.put("]}")
    }
    text.put("]}")
    let json = text.buffer.bytes.slice(start, text.count)
    unsafe exceptions.keep([UInt8](json.raw), record)
  }

  private mutating func putMember(_ key: StaticString, _ value: String) {
    text.put(key)
    text.putString(value)
  }
}

extension Bytes {
  /// Whether a literal occurs.
  fileprivate func has(_ literal: StaticString) -> Bool {
    let first = unsafe literal.utf8Start[0]
    var from = 0
    while let place = firstIndex(of: first, from: from) {
      if slice(place, count).starts(with: literal) { return true }
      from = place + 1
    }
    return false
  }
}
