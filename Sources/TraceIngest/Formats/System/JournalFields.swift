import TraceModel

/// The fields of one journald record, from whatever form of export: names and values as bytes, in their order.
struct JournalFields: ~Copyable {
  /// One field; a repeated field has several.
  struct Field {
    var nameStart: Int
    var nameEnd: Int
    var valueEnd: Int
  }

  /// Names and values one after the other.
  private(set) var buffer = ByteBuffer()
  /// Where they stand.
  private(set) var fields: [Field] = []

  /// Whether there is none.
  var isEmpty: Bool { fields.isEmpty }

  /// Forgets all.
  mutating func removeAll() {
    buffer.count = 0
    fields.removeAll(keepingCapacity: true)
  }

  /// Adds a field.
  mutating func add(_ name: Bytes, _ value: Bytes) {
    let start = buffer.count
    buffer.put(name)
    let end = buffer.count
    buffer.put(value)
    fields.append(Field(nameStart: start, nameEnd: end, valueEnd: buffer.count))
  }

  /// Adds a field whose value is an array of byte numbers; false where it is none.
  mutating func add(_ name: Bytes, bytesOf tape: JSONTape, _ array: Int) -> Bool {
    let start = buffer.count
    buffer.put(name)
    let end = buffer.count
    var (i, stop) = tape.inside(array)
    while i < stop {
      guard tape.tag(i) == JSONTape.Tag.int, let byte = UInt8(exactly: tape.number(i)) else {
        buffer.count = start
        return false
      }
      buffer.put(byte)
      i = tape.after(i)
    }
    fields.append(Field(nameStart: start, nameEnd: end, valueEnd: buffer.count))
    return true
  }

  /// A field's name; valid until the fields change.
  func name(_ field: Field) -> Bytes { buffer.bytes.slice(field.nameStart, field.nameEnd) }

  /// A field's value; valid until the fields change.
  func value(_ field: Field) -> Bytes { buffer.bytes.slice(field.nameEnd, field.valueEnd) }

  /// The value of the first field of a name; no bytes where there is none.
  subscript(name: StaticString) -> Bytes {
    for field in fields where self.name(field).equals(name) { return value(field) }
    return .none
  }

  /// The number of the first field of a name.
  func number(_ name: StaticString) -> UInt64? { decimal(self[name]) }
}

extension Decoder {
  /// The record that stands in `system.journal` → a payload with what journald knows of it (formats/logs.md 6.1).
  ///
  /// Fields that become no column stay as attributes, under OpenTelemetry's names where there are such.
  mutating func journalRecord(_ outer: Envelope) {
    var fields = JournalFields()
    swap(&fields, &kept.system.journal)
    defer {
      swap(&fields, &kept.system.journal)
      kept.system.journal.removeAll()
    }
    var envelope = outer
    envelope.isPerLine = true
    let written = fields.number("_SOURCE_REALTIME_TIMESTAMP")
    let received = fields.number("__REALTIME_TIMESTAMP")
    envelope.observed = microseconds(received)
    envelope.time = microseconds(written)
    if envelope.time == 0 { envelope.time = envelope.observed }
    if envelope.time == 0, written ?? received != nil {
      batch.defects.count(.oddTime, at: outer.offset, "__REALTIME_TIMESTAMP")
    }
    if let priority = fields.number("PRIORITY"), priority <= 7 {
      envelope.severity = syslogSeverity(UInt8(priority))
    }
    let cursor = fields["__CURSOR"]
    if cursor.count > 0 { envelope.identity = identity(cursor) }
    envelope.stream = journalStream(fields)
    envelope.attributes = journalAttributes(fields)
    var message = fields["MESSAGE"]
    if message.count > 0, message[message.count - 1] == 0x0a {
      message = message.slice(0, message.count - 1)
    }
    payload(message, envelope)
  }

  private func microseconds(_ value: UInt64?) -> Int64 {
    guard let value, value <= UInt64(Int64.max) / 1000 else { return 0 }
    return Int64(value) * 1000
  }

  /// What tells an event from all others, by its id: never 0.
  func identity(_ id: Bytes) -> UInt64 { unsafe stableHash(id.raw, seed: 0) | 1 }

  /// The stream of a record: one process of a host.
  private mutating func journalStream(_ fields: borrowing JournalFields) -> Int32 {
    let host = fields["_HOSTNAME"]
    let container = fields["CONTAINER_NAME"]
    let unit = fields["_SYSTEMD_UNIT"]
    let userUnit = fields["_SYSTEMD_USER_UNIT"]
    let identifier = fields["SYSLOG_IDENTIFIER"]
    let command = fields["_COMM"]
    let process = fields["_PID"]
    path.count = 0
    path.put("journal")
    for part in [host, container, unit, userUnit, identifier, process] {
      path.put(0xff)
      path.put(part)
    }
    let containerID = fields["CONTAINER_ID_FULL"]
    let boot = fields["_BOOT_ID"]
    let machine = fields["_MACHINE_ID"]
    return kept.streams.number(path.bytes) {
      var stream = LogStream()
      stream.host = host.string
      let units = [userUnit.string, unit.string]
      stream.service =
        container.count > 0
        ? container.string
        : units.lazy.compactMap(serviceName(ofUnit:)).first
          ?? appName(identifier.count > 0 ? identifier.string : command.string)
      stream.instance = container.string
      if unit.count > 0 { stream.attributes.append(("systemd.unit", unit.string)) }
      if containerID.count > 0 { stream.attributes.append(("container.id", containerID.string)) }
      if machine.count > 0 { stream.attributes.append(("host.id", machine.string)) }
      if boot.count > 0 { stream.attributes.append(("host.boot.id", boot.string)) }
      return stream
    }
  }

  /// Fields that are columns or the stream's, under their own names.
  private static let journalColumns: [StaticString] = [
    "MESSAGE", "PRIORITY", "__CURSOR", "__REALTIME_TIMESTAMP", "_SOURCE_REALTIME_TIMESTAMP",
    "__MONOTONIC_TIMESTAMP", "_HOSTNAME", "_SYSTEMD_UNIT", "_BOOT_ID", "_MACHINE_ID",
    "CONTAINER_NAME", "CONTAINER_ID", "CONTAINER_ID_FULL", "SYSLOG_TIMESTAMP", "__SEQNUM",
    "__SEQNUM_ID",
  ]
  private static let journalNames: [(StaticString, StaticString)] = [
    ("_PID", "process.pid"), ("_EXE", "process.executable.path"),
    ("_COMM", "process.executable.name"), ("_CMDLINE", "process.command_line"),
    ("CODE_FILE", "code.file.path"), ("CODE_LINE", "code.line.number"),
    ("CODE_FUNC", "code.function.name"), ("TID", "thread.id"),
  ]

  private func journalAttributes(_ fields: borrowing JournalFields) -> [UInt8] {
    var members = AttributeText()
    for index in fields.fields.indices {
      let field = fields.fields[index]
      let name = fields.name(field)
      if Self.journalColumns.contains(where: { name.equals($0) }) { continue }
      var isFirst = true
      for earlier in fields.fields[..<index] where fields.name(earlier).equals(name) {
        isFirst = false
      }
      // Repeated fields follow under the first one's name.
      if !isFirst { continue }
      let repeats = fields.fields[(index + 1)...].filter { fields.name($0).equals(name) }
      if let known = Self.journalNames.first(where: { name.equals($0.0) }) {
        members.key(known.1)
      } else {
        members.key(name)
      }
      let isNumber = name.equals("_PID") || name.equals("CODE_LINE") || name.equals("TID")
      if repeats.isEmpty {
        members.value(fields.value(field), mayBeNumber: isNumber)
      } else {
        members.values([field] + repeats) { fields.value($0) }
      }
    }
    return members.object
  }
}

/// OpenTelemetry's severity of syslog's 0 to 7.
func syslogSeverity(_ priority: UInt8) -> UInt8 {
  switch priority {
  case 0...2: 21
  case 3: 17
  case 4: 13
  case 5: 10
  case 6: 9
  case 7: 5
  default: 0
  }
}

/// The service of a systemd unit: `checkout.service` and `checkout@3.service` are checkout. Nil for scopes of sessions and
/// others that are no services, in which the program's own name says more.
func serviceName(ofUnit unit: String) -> String? {
  guard unit.hasSuffix(".service") else { return nil }
  var name = unit.dropLast(8)
  if let at = name.firstIndex(of: "@") { name = name[..<at] }
  return name.isEmpty || name == "user" ? nil : String(name)
}

/// The name of a program as syslog writes it, without its path and what it adds in brackets: `/usr/sbin/sshd(pam_unix)` is sshd.
func appName(_ tag: String) -> String {
  var name = tag[...]
  if let bracket = name.firstIndex(of: "("), bracket > name.startIndex { name = name[..<bracket] }
  if let slash = name.lastIndex(of: "/"), name.index(after: slash) < name.endIndex,
    name.hasPrefix("/")
  {
    name = name[name.index(after: slash)...]
  }
  return String(name)
}
