import TraceModel

/// Google Cloud's LogEntry (formats/logs.md 9).
extension Decoder {
  /// Whether an object is one.
  func isGCP(_ tape: JSONTape, _ keys: RecordKeys) -> Bool {
    keys.has(.logName) && tape.text(keys[.logName]) != nil
      && (keys.has(.insertID) || keys.has(.textPayload) || keys.has(.jsonPayload)
        || keys.has(.protoPayload) || keys.has(.receiveTimestamp) || keys.has(.httpRequest))
  }

  /// One entry: its payload with what the entry says around it.
  mutating func gcpObject(
    _ tape: JSONTape, _ index: Int, _ keys: RecordKeys, _ outer: Envelope
  ) {
    var envelope = outer
    envelope.time = gcpTime(tape, keys[.timestamp], outer.offset)
    envelope.observed = gcpTime(tape, keys[.receiveTimestamp], outer.offset)
    if let word = tape.text(keys[.severity]) { envelope.severity = severityNumber(word) }
    if let id = tape.text(keys[.insertID]) {
      // An insertId is unique among entries of one time and log.
      path.count = 0
      for key in [RecordKey.logName, .timestamp] {
        path.put(tape.text(keys[key]) ?? Bytes.none)
        path.put(0xff)
      }
      path.put(id)
      envelope.identity = identity(path.bytes)
    }
    gcpIDs(tape, keys, &envelope)
    envelope.stream = gcpStream(tape, keys, outer)
    envelope.attributes = gcpAttributes(tape, index, keys)
    gcpPayload(tape, keys, envelope)
  }

  private mutating func gcpTime(_ tape: JSONTape, _ index: Int, _ offset: Int64) -> Int64 {
    index == 0 ? 0 : logTime(tape, index, offset)
  }

  private func gcpIDs(_ tape: JSONTape, _ keys: RecordKeys, _ envelope: inout Envelope) {
    var ids = CarriedIDs()
    if let trace = tape.text(keys[.trace]) { ids.take(.google, trace) }
    if let span = tape.text(keys[.spanID]) {
      if span.count == 16 {
        ids.take(.span, span)
      } else if let number = decimal(span) {
        // Older agents write the span's number.
        ids.take(.datadogSpan, number: number)
      }
    }
    if !ids.trace.isAbsent { envelope.trace = ids.trace }
    if !ids.span.isAbsent { envelope.span = ids.span }
  }

  private mutating func gcpPayload(_ tape: JSONTape, _ keys: RecordKeys, _ outer: Envelope) {
    var envelope = outer
    if let words = tape.text(keys[.textPayload]) {
      var end = words.count
      while end > 0, words[end - 1] == 0x0a { end -= 1 }
      return payload(words.slice(0, end), envelope)
    }
    let object = keys.has(.jsonPayload) ? keys[.jsonPayload] : keys[.protoPayload]
    if object != 0, envelope.depth < Self.maxUnwraps {
      envelope.depth += 1
      if json(tape, object, envelope) { return }
    }
    var row = newLog(envelope)
    let start = text.count
    if object != 0 {
      text.putRaw(tape, object)
    } else if keys.has(.httpRequest) {
      // A request alone is its own message.
      let request = keys[.httpRequest]
      for name in ["requestMethod", "requestUrl"] as [StaticString] {
        let value = tape.text(member(tape, request) { $0.equals(name) }) ?? Bytes.none
        if text.count > start, value.count > 0 { text.put(0x20) }
        text.buffer.put(value)
      }
    }
    row.body = range(from: start)
    add(row)
  }

  // MARK: Sender

  /// The stream of an entry: its log and resource.
  private mutating func gcpStream(
    _ tape: JSONTape, _ keys: RecordKeys, _ outer: Envelope
  ) -> Int32 {
    let resource = keys[.resource]
    let type = member(tape, resource) { $0.equals("type") }
    let labels = member(tape, resource) { $0.equals("labels") }
    path.count = 0
    path.put("gcp")
    path.put(tape.text(keys[.logName]) ?? Bytes.none)
    path.put(0xff)
    path.put(tape.text(type) ?? Bytes.none)
    if tape.tag(labels) == JSONTape.Tag.object {
      var (i, end) = tape.inside(labels)
      while i < end {
        path.put(0xff)
        path.put(tape.text(i) ?? Bytes.none)
        i = tape.after(i)
      }
    }
    // What Kubernetes says of the pod stands among the entry's own labels.
    let own = member(tape, gcpLabels(tape, keys)) {
      $0.equals("k8s-pod/app") || $0.equals("k8s-pod/app_kubernetes_io/name")
    }
    path.put(0xff)
    path.put(tape.text(own) ?? Bytes.none)
    return kept.streams.number(path.bytes) {
      var facts: [String: String] = [:]
      if tape.tag(labels) == JSONTape.Tag.object {
        var (i, end) = tape.inside(labels)
        while i + 1 < end {
          if let key = tape.text(i), let value = tape.text(i + 1) {
            facts[key.string] = value.string
          }
          i = tape.after(i + 1)
        }
      }
      return LogStream(
        gcpResource: tape.text(type)?.string ?? "", facts, app: tape.text(own)?.string ?? "",
        logName: tape.text(keys[.logName])?.string ?? "")
    }
  }

  /// The entry's own labels.
  private func gcpLabels(_ tape: JSONTape, _ keys: RecordKeys) -> Int {
    member(tape, keys.object) { $0.equals("labels") }
  }

  // MARK: Attributes

  private mutating func gcpAttributes(
    _ tape: JSONTape, _ index: Int, _ keys: RecordKeys
  ) -> [UInt8] {
    var members = AttributeText()
    var (i, end) = tape.inside(index)
    while i + 1 < end {
      if let key = tape.text(i) { gcpMember(tape, key, i + 1, &members) }
      i = tape.after(i + 1)
    }
    return members.object
  }

  private mutating func gcpMember(
    _ tape: JSONTape, _ key: Bytes, _ value: Int, _ members: inout AttributeText
  ) {
    let columns: [StaticString] = [
      "logName", "resource", "timestamp", "receiveTimestamp", "severity", "insertId", "textPayload",
      "jsonPayload", "protoPayload", "trace", "spanId", "traceSampled",
    ]
    if columns.contains(where: { key.equals($0) }) { return }
    guard tape.tag(value) == JSONTape.Tag.object else {
      members.key(key)
      return members.value(tape, value, &text)
    }
    let isRequest = key.equals("httpRequest")
    let isPlace = key.equals("sourceLocation")
    guard isRequest || isPlace || key.equals("labels") else {
      members.key(key)
      return members.value(tape, value, &text)
    }
    let names = isRequest ? requestNames : isPlace ? placeNames : []
    var (i, end) = tape.inside(value)
    while i + 1 < end {
      if let inner = tape.text(i) {
        if let known = names.first(where: { inner.equals($0.0) }) {
          members.key(known.1)
        } else {
          members.key(inner)
        }
        if let words = tape.text(i + 1), isRequest || isPlace {
          let isLatency = inner.equals("latency")
          gcpValue(words, isLatency, &members)
        } else {
          members.value(tape, i + 1, &text)
        }
      }
      i = tape.after(i + 1)
    }
  }

  /// Google writes 64-bit numbers as text, and durations as `0.123s`.
  private func gcpValue(_ words: Bytes, _ isLatency: Bool, _ members: inout AttributeText) {
    if isLatency, words.count > 1, words[words.count - 1] == 0x73,
      isJSONDecimal(words.slice(0, words.count - 1))
    {
      return members.number(words.slice(0, words.count - 1))
    }
    members.value(words, mayBeNumber: true)
  }
}

private let requestNames: [(StaticString, StaticString)] = [
  ("requestMethod", "http.request.method"), ("requestUrl", "url.full"),
  ("status", "http.response.status_code"), ("remoteIp", "client.address"),
  ("userAgent", "user_agent.original"), ("requestSize", "http.request.size"),
  ("responseSize", "http.response.size"), ("serverIp", "server.address"),
  ("protocol", "network.protocol.name"), ("referer", "http.request.header.referer"),
  ("latency", "http.server.request.duration"),
]

private let placeNames: [(StaticString, StaticString)] = [
  ("file", "code.file.path"), ("line", "code.line.number"), ("function", "code.function.name"),
]

extension LogStream {
  /// The stream of a monitored resource.
  ///
  /// - Parameters:
  ///   - app: the pod's own name of its application, empty where there is none.
  ///   - logName: `projects/P/logs/NAME%2Fencoded`.
  init(gcpResource type: String, _ labels: [String: String], app: String, logName: String) {
    self.init()
    func first(_ names: String...) -> String {
      for name in names {
        if let value = labels[name], !value.isEmpty { return value }
      }
      return ""
    }
    let pod = first("pod_name")
    service = app
    if service.isEmpty {
      service = first(
        "service_name", "configuration_name", "function_name", "job_name", "module_id")
    }
    if service.isEmpty, !pod.isEmpty { service = LogStream.workload(ofPod: pod) }
    if service.isEmpty { service = first("container_name", "service", "method") }
    host = first("node_name", "instance_name")
    if host.isEmpty, type != "k8s_container" { host = first("instance_id") }
    instance = pod.isEmpty ? first("instance_id", "task_id", "revision_name") : pod
    version = first("version_id", "revision_name")
    let names = [
      ("project_id", "cloud.account.id"), ("location", "cloud.region"),
      ("region", "cloud.region"), ("zone", "cloud.availability_zone"),
      ("cluster_name", "k8s.cluster.name"), ("namespace_name", "k8s.namespace.name"),
      ("pod_name", "k8s.pod.name"), ("container_name", "k8s.container.name"),
      ("function_name", "faas.name"),
    ]
    for (label, name) in names {
      if let value = labels[label], !attributes.contains(where: { $0.key == name }) {
        attributes.append((name, value))
      }
    }
    if !type.isEmpty { attributes.append(("gcp.resource_type", type)) }
    if !logName.isEmpty { attributes.append(("gcp.log_name", logName)) }
  }
}

/// Whether a text is a decimal number that JSON has too: `0`, `12`, `0.123`.
func isJSONDecimal(_ text: Bytes) -> Bool {
  var dot = -1
  for i in 0..<text.count {
    if text[i] == 0x2e, dot < 0 { dot = i } else if text[i] &- 0x30 >= 10 { return false }
  }
  let whole = dot < 0 ? text.count : dot
  return whole > 0 && whole <= 18 && text.count <= 40 && (whole == 1 || text[0] != 0x30)
    && dot != text.count - 1
}
