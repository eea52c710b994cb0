import TraceModel

/// A Jaeger trace as far as it is at hand.
struct JaegerTrace {
  /// Its id on the tape; 0 where it has none.
  var id = 0
  var spans = 0
  /// Who the spans' process ids mean.
  var processes = 0
  /// The process of all its spans, where it is a batch.
  var process = 0
  var warnings = 0

  init(_ tape: JSONTape, _ object: Int) {
    for (key, value) in JSONMembers(tape, object) where tape.tag(value) != JSONTape.Tag.null {
      if key.equals("spans") {
        spans = value
      } else if key.equals("processes") {
        processes = value
      } else if key.equals("process") {
        process = value
      } else if key.equals("traceID") || key.equals("trace_id") || key.equals("traceId") {
        id = value
      } else if key.equals("warnings") {
        warnings = value
      }
    }
  }
}

/// The processes that spans of the trace at hand have named, in this order.
struct JaegerProcesses: ~Copyable {
  /// One of them.
  struct Process {
    /// Where its id stands in `names`; nil for the one of spans that name none.
    fileprivate var name: Range<Int>?
    /// Its row; nil where its content is not known yet.
    var row: UInt32?
    /// Offset of the first span that names it.
    var offset: Int64
  }

  /// Their ids, one behind the other.
  private var names = ByteBuffer(capacity: 1 << 10)
  private var list: [Process] = []

  var count: Int { list.count }

  subscript(place: Int) -> Process {
    get { list[place] }
    set { list[place] = newValue }
  }

  /// The place of a process by its id.
  func place(_ name: Bytes?) -> Int? {
    for place in list.indices {
      guard let range = list[place].name, let name else {
        if list[place].name == nil, name == nil { return place }
        continue
      }
      if names.bytes.slice(range.lowerBound, range.upperBound).equals(name) { return place }
    }
    return nil
  }

  /// Notes one more.
  mutating func add(_ name: Bytes?, row: UInt32?, at offset: Int64) {
    let start = names.count
    if let name { names.put(name) }
    list.append(
      Process(name: name == nil ? nil : start..<names.count, row: row, offset: offset))
  }

  /// Forgets all.
  mutating func removeAll() {
    names.count = 0
    list.removeAll(keepingCapacity: true)
  }
}

/// What is kept of a Jaeger trace between its spans.
struct JaegerState: ~Copyable {
  var processes = JaegerProcesses()
  /// Number of the trace whose spans are read apart from its processes; 0: they stand together.
  var late: UInt64 = 0
  /// Where the spans of the list at hand stand; empty where they are numbered.
  var offsets: [Int64] = []
  /// Values of the span at hand that no field holds.
  var odd: [(name: StaticString, index: Int)] = []
}

/// Jaeger's traces and spans in JSON → rows (formats/traces.md 3.1 and 3.2), camelCase of the UI and the storage and snake_case of the
/// model alike.
///
/// - Source: Jaeger, model/json/model.go, model.proto, plugin/storage/es/spanstore/dbmodel, plugin/storage/cassandra/schema;
///   traces-semantics.md 1.5 for parents.
extension Decoder {
  /// A trace, an answer of the API, or a span with its process; false for anything else.
  mutating func jaegerObject(
    _ tape: JSONTape, _ index: Int, _ keys: RecordKeys, _ envelope: Envelope
  ) -> Bool {
    if keys.has(.data), jaegerAnswer(tape, index, keys[.data], envelope) { return true }
    return jaegerTrace(tape, index, envelope) || storedSpan(tape, index, envelope)
      || jaegerDependency(tape, index, envelope.offset)
  }

  /// The traces of an answer; false where it holds none.
  mutating func jaegerTraces(_ tape: JSONTape, _ data: Int, _ envelope: Envelope) -> Bool {
    // The UI keeps one trace there once it has enriched it.
    if jaegerTrace(tape, data, envelope) { return true }
    guard let first = JSONElements(tape, data).first(where: { _ in true }),
      JaegerTrace(tape, first).spans != 0
    else { return false }
    var isKnown = false
    for element in JSONElements(tape, data) {
      var inner = envelope
      inner.offset = nextOffset()
      if jaegerTrace(tape, element, inner) {
        isKnown = true
      } else {
        batch.defects.count(.unknownRecord, at: inner.offset)
      }
    }
    return isKnown
  }

  /// An answer of the API whatever it holds.
  private mutating func jaegerAnswer(
    _ tape: JSONTape, _ index: Int, _ data: Int, _ envelope: Envelope
  ) -> Bool {
    if jaegerTraces(tape, data, envelope) { return true }
    if JSONElements(tape, data).reduce(false, { jaegerDependency(tape, $1, nextOffset()) || $0 }) {
      return true
    }
    let errors = member(tape, index) { $0.equals("errors") }
    guard errors != 0 || member(tape, index, { $0.equals("total") }) != 0 else { return false }
    // What went wrong, or names of services and operations; an empty list of traces says nothing.
    if tape.tag(errors) == JSONTape.Tag.array {
      answer(tape, index, "error", envelope.offset)
    } else if JSONElements(tape, data).contains(where: { tape.text($0) != nil }) {
      answer(tape, index, "names", envelope.offset)
    }
    return true
  }

  /// A link of the dependency graph, kept as it stands.
  private mutating func jaegerDependency(_ tape: JSONTape, _ index: Int, _ offset: Int64) -> Bool {
    guard member(tape, index, { $0.equals("callCount") }) != 0,
      member(tape, index, { $0.equals("parent") }) != 0,
      member(tape, index, { $0.equals("child") }) != 0
    else { return false }
    answer(tape, index, "dependency", offset)
    return true
  }

  /// A span that stands alone.
  private mutating func storedSpan(_ tape: JSONTape, _ span: Int, _ envelope: Envelope) -> Bool {
    guard isJaegerSpan(tape, span) else { return false }
    kept.jaeger.processes.removeAll()
    jaegerSpan(tape, span, JaegerTrace(tape, 0), envelope.offset)
    return true
  }

  private func isJaegerSpan(_ tape: JSONTape, _ span: Int) -> Bool {
    guard tape.tag(span) == JSONTape.Tag.object else { return false }
    let fields = JaegerSpanFields(tape, span)
    return fields.span != 0 && fields.name != 0
      && fields.process | fields.processID | fields.references | fields.start | fields.duration
        != 0
  }

  /// The spans of a trace, or of a batch of one process.
  mutating func jaegerTrace(_ tape: JSONTape, _ object: Int, _ envelope: Envelope) -> Bool {
    guard tape.tag(object) == JSONTape.Tag.object else { return false }
    let trace = JaegerTrace(tape, object)
    guard tape.tag(trace.spans) == JSONTape.Tag.array else { return false }
    let first = JSONElements(tape, trace.spans).first { _ in true }
    // Of a trace that is read in pieces it is known what its list holds, or held.
    guard
      kept.jaeger.late != 0 || trace.processes | trace.process != 0
        || first.map({ isJaegerSpan(tape, $0) }) == true
    else { return false }
    // Of a trace that is read in pieces they are kept from piece to piece.
    if kept.jaeger.late == 0 { kept.jaeger.processes.removeAll() }
    if JSONElements(tape, trace.warnings).contains(where: { _ in true }) {
      kept.jaeger.odd.append(("trace_warnings", trace.warnings))
    }
    var ordinal = 0
    var offset = envelope.offset
    for span in JSONElements(tape, trace.spans) {
      if ordinal < kept.jaeger.offsets.count {
        offset = kept.jaeger.offsets[ordinal]
      } else if ordinal > 0 {
        offset = nextOffset()
      }
      ordinal += 1
      if tape.tag(span) == JSONTape.Tag.object {
        jaegerSpan(tape, span, trace, offset)
      } else {
        batch.spansSeen += 1
        batch.defects.count(.wrongType, at: offset, "spans")
      }
    }
    kept.jaeger.odd.removeAll(keepingCapacity: true)
    if first == nil, kept.jaeger.late != 0 { learnProcesses(tape, trace) }
    return true
  }

  // MARK: Processes

  /// The row of a span's process.
  mutating func jaegerResource(
    _ tape: JSONTape, _ fields: JaegerSpanFields, _ trace: JaegerTrace, _ offset: Int64
  ) -> UInt32 {
    let name = tape.text(fields.processID)
    if let place = kept.jaeger.processes.place(name), let row = kept.jaeger.processes[place].row {
      return row
    }
    let named = name.map { name in member(tape, trace.processes) { $0.equals(name) } } ?? 0
    if named == 0, fields.process != 0 {
      return addResource(processRow(tape, fields.process, offset))
    }
    let row =
      if let name, named == 0, trace.process == 0, kept.jaeger.late != 0 {
        row(ofResource: processNumber(name))
      } else {
        addResource(processRow(tape, named != 0 ? named : trace.process, offset))
      }
    kept.jaeger.processes.add(name, row: row, at: offset)
    return row
  }

  /// The number of a process of a trace that is read in pieces, unique within the source.
  func processNumber(_ name: Bytes) -> UInt64 {
    unsafe stableHash(name.raw, seed: kept.jaeger.late) | 1
  }

  /// The content of a process.
  mutating func processRow(
    _ tape: JSONTape, _ process: Int, _ offset: Int64
  ) -> ResourceRow {
    var service = Bytes.none
    var tags = 0
    var tag = 0
    for (key, value) in JSONMembers(tape, process) {
      if key.equals("serviceName") || key.equals("service_name") {
        service = tape.text(value) ?? Bytes.none
      } else if key.equals("tags") {
        tags = value
      } else if key.equals("tag") {
        tag = value
      }
    }
    composed.begin()
    composed.open("attributes")
    composed.text("service.name", service)
    var told = JaegerTold(isProcess: true, hasService: service.count > 0)
    putTags(tape, tags, &told, offset)
    putDottedTags(tape, tag, &told)
    composed.close()
    let row = composed.finish()
    let attributes = plainAttributes(row, member(row, row.root) { $0.equals("attributes") }, offset)
    var found = resourceRow(row, attributes)
    if let exported = told.exported {
      _ = withPayload(exported) { decoder, tape in
        decoder.takeExported(tape, tape.root, &found)
        let attributes = decoder.member(tape, tape.root) { $0.equals("attributes") }
        if attributes != 0 { found.attributes = decoder.exportedText(tape, attributes) }
        // Only behind the attributes, which are always there.
        let detail = decoder.member(tape, tape.root) { $0.equals("detail") }
        if attributes != 0 { found.detail = decoder.exportedText(tape, detail) }
      }
    }
    return found
  }

  /// The processes of a trace whose spans were read before.
  private mutating func learnProcesses(_ tape: JSONTape, _ trace: JaegerTrace) {
    for (name, process) in JSONMembers(tape, trace.processes) {
      let number = processNumber(name)
      var row = processRow(tape, process, recordOffset)
      row.late = number
      batch.resources[Int(self.row(ofResource: number))] = row
    }
    kept.jaeger.odd.removeAll(keepingCapacity: true)
  }
}
