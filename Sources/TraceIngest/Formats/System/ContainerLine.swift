import TraceModel

/// A line of Kubernetes' container runtime, taken apart.
struct CRILine {
  /// When it was written.
  var time: WrittenTime
  /// `stdout` or `stderr`.
  var output: Bytes
  /// Whether the line goes on in the next entry of its output.
  var goesOn: Bool
  /// What the container wrote.
  var text: Bytes

  /// `<RFC 3339> stdout|stderr P|F[:more tags] text` (formats/logs.md 5.2); nil for any other line.
  init?(_ line: Bytes) {
    guard line.count >= 29, let time = isoTime(line), time.hasZone, line[10] == 0x54 else {
      return nil
    }
    let at = time.length
    guard at + 9 <= line.count, line[at] == 0x20, line[at + 7] == 0x20 else { return nil }
    output = line.slice(at + 1, at + 7)
    guard output.equals("stdout") || output.equals("stderr") else { return nil }
    let tag = line[at + 8]
    guard tag == 0x46 || tag == 0x50 else { return nil }
    goesOn = tag == 0x50
    var end = at + 9
    if end < line.count, line[end] == 0x3a {
      while end < line.count, line[end] != 0x20 { end += 1 }
    }
    guard end == line.count || line[end] == 0x20 else { return nil }
    text = line.slice(min(end + 1, line.count), line.count)
    self.time = time
  }
}

/// `name-1  | text`, `[pod/name/container] text` or `pod container text`: who wrote a line, and the line.
struct NamedLine {
  /// The container, or the pod.
  var name: Bytes
  /// The pod's container; empty where the name is a container's.
  var container = Bytes.none
  /// What it wrote.
  var text: Bytes

  /// A line of `docker compose logs`, colours or not; nil for any other line.
  init?(compose line: Bytes) {
    let start = coloursEnd(line, 0)
    var end = start
    while end < line.count, isNameByte(line[end]) { end += 1 }
    guard end > start, end - start <= 100 else { return nil }
    var bar = coloursEnd(line, end)
    let gap = bar
    while bar < line.count, line[bar] == 0x20 { bar += 1 }
    bar = coloursEnd(line, bar)
    guard bar > gap, bar < line.count, line[bar] == 0x7c else { return nil }
    var first = coloursEnd(line, bar + 1)
    guard first == line.count || first > bar + 1 || line[first] == 0x20 else { return nil }
    if first < line.count, line[first] == 0x20 { first = coloursEnd(line, first + 1) }
    name = line.slice(start, end)
    text = line.slice(first, line.count)
  }

  /// A line of `kubectl logs --prefix`; nil for any other line.
  init?(prefix line: Bytes) {
    guard line.starts(with: "[pod/"), let close = line.firstIndex(of: 0x5d, from: 5),
      let slash = line.slice(0, close).firstIndex(of: 0x2f, from: 5), slash + 1 < close,
      close + 1 == line.count || line[close + 1] == 0x20
    else { return nil }
    name = line.slice(5, slash)
    container = line.slice(slash + 1, close)
    text = line.slice(min(close + 2, line.count), line.count)
  }

  /// A line of stern, colours or not: a pod's name, one of its containers, and what it wrote; nil for any other line.
  init?(stern line: Bytes) {
    let start = coloursEnd(line, 0)
    var end = start
    while end < line.count, isNameByte(line[end]) { end += 1 }
    var second = coloursEnd(line, end)
    guard end > start, second < line.count, line[second] == 0x20 else { return nil }
    second = coloursEnd(line, second + 1)
    var last = second
    while last < line.count, isNameByte(line[last]) { last += 1 }
    let first = coloursEnd(line, last)
    guard last > second, first == line.count || line[first] == 0x20 else { return nil }
    name = line.slice(start, end)
    let pod = name.string
    guard LogStream.workload(ofPod: pod) != pod else { return nil }
    container = line.slice(second, last)
    text = line.slice(min(first + 1, line.count), line.count)
  }
}

/// Whether a byte may stand in a container's name.
private func isNameByte(_ byte: UInt8) -> Bool {
  isIDByte(byte) || byte == 0x2d || byte == 0x5f || byte == 0x2e
}

extension Decoder {
  /// A line of a CRI log file. What is none, such as the rest of a line that was torn, is kept as text.
  mutating func criLine(_ bytes: Bytes, _ outer: Envelope) {
    guard let line = CRILine(bytes) else { return lineWithoutHeader(bytes, outer) }
    var envelope = outer
    envelope.isPerLine = true
    envelope.time = settled(line.time, outer.offset)
    path.count = 0
    path.put("cri")
    path.put(line.output)
    let container = containerPath()
    let output = line.output
    envelope.stream = kept.streams.number(path.bytes) { container.stream(output.string) }
    remember(envelope)
    piece(line.text, envelope, goesOn: line.goesOn)
  }

  /// A line of `docker logs -t` or `kubectl logs --timestamps`.
  mutating func timestampedLine(_ bytes: Bytes, _ outer: Envelope) {
    var envelope = outer
    if envelope.stream == 0 {
      let container = containerPath()
      path.count = 0
      path.put("timestamped")
      envelope.stream = kept.streams.number(path.bytes) { container.stream("") }
    }
    guard let time = leadingTime(bytes) else {
      envelope.time = kept.system.lastTime
      return payload(bytes, envelope)
    }
    envelope.isPerLine = true
    envelope.time = time.ns
    remember(envelope)
    payload(bytes.slice(min(time.length + 1, bytes.count), bytes.count), envelope)
  }

  /// The time that Docker or Kubernetes puts before a line.
  private func leadingTime(_ bytes: Bytes) -> WrittenTime? {
    guard let time = isoTime(bytes), time.hasZone, bytes[10] == 0x54, time.length >= 22,
      time.length == bytes.count || bytes[time.length] == 0x20
    else { return nil }
    return time
  }

  /// A line of `docker compose logs`, perhaps coloured, perhaps with times.
  mutating func composeLine(_ bytes: Bytes, _ outer: Envelope) {
    guard let line = NamedLine(compose: bytes) else { return lineWithoutHeader(bytes, outer) }
    path.count = 0
    path.put("compose")
    path.put(line.name)
    var envelope = outer
    let name = line.name
    envelope.stream = kept.streams.number(path.bytes) {
      var stream = LogStream()
      stream.instance = name.string
      stream.service = composeService(stream.instance)
      return stream
    }
    named(line.text, envelope)
  }

  /// A line of `kubectl logs --prefix` or stern.
  mutating func podLine(_ bytes: Bytes, _ outer: Envelope) {
    guard
      let line = bytes.count > 0 && bytes[0] == 0x5b
        ? NamedLine(prefix: bytes) : NamedLine(stern: bytes)
    else {
      // stern tells which containers it follows.
      let start = coloursEnd(bytes, 0)
      let plain = bytes.slice(start, bytes.count)
      if plain.starts(with: "+ ") || plain.starts(with: "- "),
        plain.containsIgnoringCase("\u{203a}")
      {
        return batch.defects.count(.controlMessage, at: outer.offset)
      }
      return lineWithoutHeader(bytes, outer)
    }
    path.count = 0
    path.put("pod")
    path.put(line.name)
    path.put(0xff)
    path.put(line.container)
    var envelope = outer
    let (pod, container) = (line.name, line.container)
    envelope.stream = kept.streams.number(path.bytes) {
      LogStream.ofPod(pod.string, namespace: "", container: container.string)
    }
    named(line.text, envelope)
  }

  /// The text of a line whose writer is known; a time may stand before it.
  private mutating func named(_ text: Bytes, _ envelope: Envelope) {
    if leadingTime(text) != nil { return timestampedLine(text, envelope) }
    kept.system.lastStream = envelope.stream
    kept.system.lastTime = 0
    payload(text, envelope)
  }

  /// A line that lacks the header of its transport: it belongs to the stream of the line before it, and is kept as it is.
  mutating func lineWithoutHeader(_ bytes: Bytes, _ outer: Envelope) {
    if bytes.count == 0 { return }
    var envelope = outer
    if kept.system.lastStream != 0 {
      envelope.stream = kept.system.lastStream
      envelope.time = kept.system.lastTime
    }
    payload(bytes, envelope)
  }

  /// Remembers what lines without a header go to.
  mutating func remember(_ envelope: Envelope) {
    kept.system.lastStream = envelope.stream
    kept.system.lastTime = envelope.time
  }
}

/// The first index from `start` that holds no colour code.
func coloursEnd(_ text: Bytes, _ start: Int) -> Int {
  var end = start
  while let next = colourEnd(text, end) { end = next }
  return end
}

/// Where the colour code `ESC[…m` at an index ends; nil where there is none.
func colourEnd(_ text: Bytes, _ start: Int) -> Int? {
  guard start + 2 < text.count, text[start] == 0x1b, text[start + 1] == 0x5b else { return nil }
  var end = start + 2
  while end < text.count, text[end] &- 0x30 < 10 || text[end] == 0x3b { end += 1 }
  return end < text.count && text[end] == 0x6d ? end + 1 : nil
}

/// The service of a container that Compose named: `shop-web-1` and `web_1` lose their number.
private func composeService(_ name: String) -> String {
  guard let cut = name.lastIndex(where: { $0 == "-" || $0 == "_" }), cut > name.startIndex,
    name.index(after: cut) < name.endIndex,
    name[name.index(after: cut)...].utf8.allSatisfy({ $0 &- 0x30 < 10 })
  else { return name }
  return String(name[..<cut])
}
