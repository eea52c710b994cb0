import TraceModel

/// A syslog frame with its length before it, as far as it was read.
struct SyslogFrame {
  /// The frame's text so far.
  var bytes: [UInt8]
  /// How long it is to become.
  var length: Int
  /// Where it begins in the source.
  var offset: Int64
}

extension Decoder {
  /// A line of a syslog file or stream.
  mutating func syslogLine(_ bytes: Bytes, _ envelope: Envelope) {
    var rest = bytes
    var offset = envelope.offset
    if var frame = kept.system.frame {
      if syslogFrame(bytes) == nil {
        frame.bytes.append(0x0a)
        let wanted = min(max(frame.length - frame.bytes.count, 0), bytes.count)
        unsafe frame.bytes.append(contentsOf: bytes.slice(0, wanted).raw)
        kept.system.frame = frame
        // The length counts the line break at the frame's end, or does not.
        if frame.bytes.count + 1 < frame.length { return }
        endSyslogFrame()
        if wanted == bytes.count { return }
        rest = bytes.slice(wanted, bytes.count)
        offset &+= Int64(wanted)
      } else {
        batch.defects.count(.unfinishedLine, at: frame.offset)
        endSyslogFrame()
      }
    }
    while let frame = syslogFrame(rest) {
      let have = rest.count - frame.start
      let message = rest.slice(frame.start, rest.count)
      if frame.length > have + 1 {
        kept.system.frame = SyslogFrame(
          bytes: unsafe Array(message.raw), length: frame.length, offset: offset)
        return
      }
      let next = rest.slice(min(frame.start + frame.length, rest.count), rest.count)
      var inner = envelope
      inner.offset = offset
      // Only where a frame follows is the length right.
      guard next.count > 0, syslogFrame(next) != nil else { return syslogMessage(message, inner) }
      syslogMessage(message.slice(0, frame.length), inner)
      offset &+= Int64(frame.start + frame.length)
      rest = next
    }
    var inner = envelope
    inner.offset = offset
    syslogMessage(rest, inner)
  }

  /// Reads the frame that is open, as far as it goes.
  mutating func endSyslogFrame() {
    guard let frame = kept.system.frame else { return }
    kept.system.frame = nil
    var copy = ByteBuffer(capacity: frame.bytes.count)
    for byte in frame.bytes { copy.put(byte) }
    var envelope = Envelope()
    envelope.offset = frame.offset
    syslogMessage(copy.bytes, envelope)
  }

  /// One message with its header.
  private mutating func syslogMessage(_ bytes: Bytes, _ outer: Envelope) {
    if bytes.count == 0 { return }
    guard let header = SyslogHeader(bytes) else {
      // `-- Boot 3f… --`, `-- Logs begin at …`: journalctl's own words.
      if bytes.starts(with: "-- ") { return batch.defects.count(.controlMessage, at: outer.offset) }
      return lineWithoutHeader(bytes, outer)
    }
    var envelope = outer
    // Syslog's times are whole seconds as a rule, and multi-line texts come as lines of their own.
    envelope.isPerLine = true
    if let time = header.time {
      envelope.time = settled(time, outer.offset)
      kept.years.note(envelope.time)
    } else if let time = header.yearless {
      envelope.time = settled(time, outer.offset)
    }
    if let priority = header.priority { envelope.severity = syslogSeverity(priority & 7) }
    envelope.stream = syslogStream(header)
    syslogAttributes(header, &envelope)
    remember(envelope)
    var message = bytes.slice(header.end, bytes.count)
    while message.count > 0, message[message.count - 1] == 0 {
      message = message.slice(0, message.count - 1)
    }
    if let lines = withLineBreaks(message) {
      payload(lines.bytes, envelope)
    } else {
      payload(message, envelope)
    }
  }

  /// The stream of a header: one process of a host.
  private mutating func syslogStream(_ header: SyslogHeader) -> Int32 {
    path.count = 0
    path.put("syslog")
    for part in [header.host, header.app, header.process] {
      path.put(0xff)
      path.put(part)
    }
    return kept.streams.number(path.bytes) {
      var stream = LogStream()
      stream.host = header.host.string
      stream.service = appName(header.app.string)
      return stream
    }
  }

  /// What a header says beside: process, kind, facility, structured data, and the ids among that.
  private mutating func syslogAttributes(_ header: SyslogHeader, _ envelope: inout Envelope) {
    var members = AttributeText()
    if header.process.count > 0 {
      members.key("process.pid")
      members.value(header.process, mayBeNumber: true)
    }
    members.member("log.syslog.msgid", header.messageID)
    if let priority = header.priority {
      members.member("log.syslog.facility.code", Int64(priority >> 3))
    }
    if header.data.count > 0 {
      var ids = CarriedIDs()
      Self.structuredData(header.data) { element, name, value in
        path.count = 0
        path.put(element)
        path.put(0x2e)
        path.put(name)
        members.key(path.bytes)
        members.value(value, mayBeNumber: false)
        ids.take(text.memberKeys.carrier(ofName: name), value)
      }
      ids.finish()
      if !ids.trace.isAbsent { envelope.trace = ids.trace }
      if !ids.span.isAbsent { envelope.span = ids.span }
    }
    envelope.attributes = members.object
  }

  /// Hands out the parameters of structured data: element's id, name, value without its escapes.
  private static func structuredData(
    _ data: Bytes, _ found: (_ element: Bytes, _ name: Bytes, _ value: Bytes) -> Void
  ) {
    var value = ByteBuffer(capacity: 256)
    var element = Bytes.none
    var at = 0
    while at < data.count {
      if data[at] == 0x5b || data[at] == 0x20 || data[at] == 0x5d {
        let isID = data[at] == 0x5b
        at += 1
        guard isID else { continue }
        let start = at
        while at < data.count, data[at] != 0x20, data[at] != 0x5d { at += 1 }
        element = data.slice(start, at)
        continue
      }
      let start = at
      while at < data.count, data[at] != 0x3d, data[at] != 0x20, data[at] != 0x5d { at += 1 }
      let name = data.slice(start, at)
      guard at + 1 < data.count, data[at] == 0x3d, data[at + 1] == 0x22 else {
        // No parameter: on behind it.
        at += 1
        continue
      }
      at += 2
      value.count = 0
      while at < data.count, data[at] != 0x22 {
        // `\"`, `\\` and `\]`; before anything else it is a backslash.
        if data[at] == 0x5c, at + 1 < data.count,
          data[at + 1] == 0x22 || data[at + 1] == 0x5c || data[at + 1] == 0x5d
        {
          at += 1
        }
        value.put(data[at])
        at += 1
      }
      at += 1
      found(element, name, value.bytes)
    }
  }

  /// A message whose line breaks rsyslog wrote as `#012`, with its line breaks; nil where it has none. Tabs are then `#011`.
  ///
  /// A single one that no blank follows is more likely a number.
  private func withLineBreaks(_ message: Bytes) -> LineBreaks? {
    var breaks = 0
    var isFollowed = false
    var at = 0
    while let sign = message.firstIndex(of: 0x23, from: at) {
      at = sign + 1
      guard message.slice(sign, message.count).starts(with: "#012") else { continue }
      breaks += 1
      let next = sign + 4
      if next == message.count || message[next] == 0x20
        || message.slice(next, message.count).starts(with: "#01")
      {
        isFollowed = true
      }
    }
    guard breaks > 1 || breaks == 1 && isFollowed else { return nil }
    var lines = LineBreaks()
    at = 0
    while at < message.count {
      let rest = message.slice(at, message.count)
      if rest.starts(with: "#012") {
        lines.buffer.put(0x0a)
        at += 4
      } else if rest.starts(with: "#011") {
        lines.buffer.put(0x09)
        at += 4
      } else {
        lines.buffer.put(message[at])
        at += 1
      }
    }
    while lines.buffer.count > 0, lines.buffer.bytes[lines.buffer.count - 1] == 0x0a {
      lines.buffer.count -= 1
    }
    return lines
  }
}

/// A message with its line breaks.
private struct LineBreaks: ~Copyable {
  var buffer = ByteBuffer()
  var bytes: Bytes { buffer.bytes }
}

/// `LEN <PRI>`: where the frame starts that a text begins with, and its length; nil where there is none.
func syslogFrame(_ bytes: Bytes) -> (start: Int, length: Int)? {
  var at = 0
  while at < bytes.count, at < 8, bytes[at] &- 0x30 < 10 { at += 1 }
  guard at > 0, at + 3 < bytes.count, bytes[at] == 0x20, bytes[at + 1] == 0x3c,
    bytes[at + 2] &- 0x30 < 10, let length = digits(bytes, 0, at),
    length > 4, length <= maxFrameBytes
  else { return nil }
  return (at + 1, length)
}

/// A longer frame is none.
private let maxFrameBytes = 1 << 20
