import TraceModel

/// What the parts of one segment document have in common while it is read.
struct XRayDocument {
  /// Trace of all its parts; absent where neither the document nor what it stands in names one.
  var trace = TraceID.absent
  /// Index of the trace id's text where it is no hex; 0 where it is.
  var opaqueTrace = 0
  /// The batch's resource row of its process.
  var resource: UInt32 = 0
  /// Whether the segment is one that the back end made up.
  var isInferred = false
  /// Exceptions of all parts by their ids, as tape indices.
  var exceptions: [String: Int] = [:]
}

/// What a document stands in says of it, for what it leaves out itself.
struct XRayContext {
  /// Trace id of the answer's element.
  var trace = TraceID.absent
  /// Segment id of the answer's element.
  var segment = SpanID.absent
  /// Where the segment is placed in the source.
  var offset: Int64 = 0
}

/// Segment documents → one row for the segment and each subsegment.
///
/// A segment is the SERVER span of its process, a subsegment a CLIENT span where it calls AWS or another host, else INTERNAL;
/// all parts share the segment's resource. A subsegment that was sent on its own names no service: its resource says so, and
/// `Trace.build` gives it that of its parent.
///
/// - Complexity: O(members); nesting stands on an explicit stack.
/// - Source: formats/traces.md 2.2 and 2.4; traces-semantics.md 1.4.
extension Decoder {
  /// A segment, or a subsegment that stands alone, with all that is embedded in it.
  mutating func segmentDocument(_ tape: JSONTape, _ object: Int, _ context: XRayContext) {
    let fields = XRayFields(tape, object)
    var document = XRayDocument()
    unheld.removeAll(keepingCapacity: true)
    let trace = traceID(tape, fields[.traceID], context.offset)
    document.trace = trace.id.isAbsent ? context.trace : trace.id
    document.opaqueTrace = trace.isOpaque ? fields[.traceID] : 0
    let isQuoted = document.trace.isAbsent
    let isSubsegment =
      isQuoted || tape.text(fields[.type])?.equals("subsegment") == true
      || fields[.namespace] != 0 && fields[.origin] == 0
    if isQuoted { batch.defects.count(.quotedSubsegment, at: context.offset) }
    document.isInferred = fields.isTrue(.inferred, tape)
    if document.isInferred { batch.defects.count(.inferredSegment, at: context.offset) }
    document.resource =
      isSubsegment ? elsewhereResource() : segmentResource(tape, fields, context.offset)
    var top = XRayPart(fields: fields, offset: context.offset, parent: .absent)
    top.isSegment = !isSubsegment
    if fields[.id] == 0 { top.id = context.segment }
    document.exceptions = exceptionsByID(tape, object)
    let parent = xraySpan(tape, top, document)
    subsegments(tape, fields[.subsegments], below: parent, document)
  }

  /// The exceptions that a document holds, so that a part that names one by its id finds it wherever it stands.
  private func exceptionsByID(_ tape: JSONTape, _ object: Int) -> [String: Int] {
    var found: [String: Int] = [:]
    var parts = [object]
    while let part = parts.popLast() {
      for (key, value) in JSONMembers(tape, part) {
        if key.equals("subsegments") { parts.append(contentsOf: JSONElements(tape, value)) }
        guard key.equals("cause") else { continue }
        let list = member(tape, value) { $0.equals("exceptions") }
        for exception in JSONElements(tape, list) {
          guard let id = tape.text(member(tape, exception) { $0.equals("id") }) else { continue }
          if id.count > 0, found[id.string] == nil { found[id.string] = exception }
        }
      }
    }
    return found
  }

  /// All that is embedded in a (sub)segment, to any depth, parents before children.
  private mutating func subsegments(
    _ tape: JSONTape, _ list: Int, below parent: SpanID, _ document: XRayDocument
  ) {
    var open = [(elements: JSONElements(tape, list), parent: parent)]
    while !open.isEmpty {
      let level = open.count - 1
      guard let element = open[level].elements.next() else {
        open.removeLast()
        continue
      }
      let offset = nextOffset()
      guard tape.tag(element) == JSONTape.Tag.object else {
        batch.spansSeen += 1
        batch.defects.count(.wrongType, at: offset, "subsegments")
        continue
      }
      let fields = XRayFields(tape, element)
      let part = XRayPart(fields: fields, offset: offset, parent: open[level].parent)
      let id = xraySpan(tape, part, document)
      if fields[.subsegments] != 0 {
        // What is below a part without an id hangs on the next one above that has one.
        open.append(
          (JSONElements(tape, fields[.subsegments]), id.isAbsent ? open[level].parent : id))
      }
    }
  }
}

/// A segment or subsegment on its way to a row.
struct XRayPart {
  let fields: XRayFields
  let offset: Int64
  /// Span that it is embedded in; absent where it stands alone.
  let parent: SpanID
  /// Whether it is a segment.
  var isSegment = false
  /// Its id where it does not name one itself.
  var id = SpanID.absent
}

extension Decoder {
  /// Adds the row of one segment or subsegment; its id.
  private mutating func xraySpan(
    _ tape: JSONTape, _ part: XRayPart, _ document: XRayDocument
  ) -> SpanID {
    let fields = part.fields
    batch.spansSeen += 1
    var row = SpanRow()
    row.offset = part.offset
    row.trace = document.trace
    row.resource = document.resource
    let id = spanID(tape, fields[.id], part.offset)
    row.id = id.id.isAbsent ? part.id : id.id
    var parent: (id: SpanID, isOpaque: Bool) = (part.parent, false)
    if part.parent.isAbsent { parent = spanID(tape, fields[.parentID], part.offset) }
    row.parent = parent.id
    row.facts[.opaqueTraceID] = document.opaqueTrace != 0
    row.facts[.opaqueID] = id.isOpaque || parent.isOpaque
    row.facts[.inferred] = document.isInferred
    xrayTimes(tape, fields, &row)
    row.facts.kind = xrayKind(tape, part)
    xrayOutcome(tape, fields, &row)
    let name = tape.text(fields[.name]) ?? Bytes.none
    countUnlessText(tape, fields[.name], part.offset, "name")
    let target = xrayTarget(tape, fields, name)
    row.attributes = xrayAttributes(tape, part, name, target)
    row.peer = xrayPeer(name, target, row.facts, document)
    row.operation = xrayOperation(tape, part, name, target)
    if isProbe(agent: target.agent, path: target.url.path) { row.facts[.probe] = true }
    row.detail = xrayDetail(tape, part, name, &row, document)
    batch.spans.append(row)
    unheld.removeAll(keepingCapacity: true)
    return row.id
  }

  private mutating func xrayTimes(_ tape: JSONTape, _ fields: XRayFields, _ row: inout SpanRow) {
    row.start = secondsTime(tape, fields[.startTime], row.offset, "start_time")
    row.end = secondsTime(tape, fields[.endTime], row.offset, "end_time")
    if row.start == 0 { row.facts[.unknownStart] = true }
    if row.end == 0 {
      row.facts[.unknownEnd] = true
      row.end = row.start
    }
  }

  private mutating func xrayKind(_ tape: JSONTape, _ part: XRayPart) -> SpanKind {
    if part.isSegment {
      let hasLinks = tape.tag(tape.inside(part.fields[.links]).first) == JSONTape.Tag.object
      return part.fields[.links] != 0 && hasLinks ? .consumer : .server
    }
    guard let namespace = tape.text(part.fields[.namespace]), namespace.count > 0 else {
      return .internal
    }
    if namespace.equals("aws") || namespace.equals("remote") { return .client }
    if !namespace.equals("local") {
      countUnheld(.unknownEnum, part.fields[.namespace], part.offset, "namespace")
    }
    return .internal
  }

  /// Status by the three flags; a cause alone is a failure too.
  private mutating func xrayOutcome(
    _ tape: JSONTape, _ fields: XRayFields, _ row: inout SpanRow
  ) {
    var saysNo = false
    for field in [XRayFields.Field.error, .fault, .throttle] where fields[field] != 0 {
      switch tape.tag(fields[field]) {
      case JSONTape.Tag.yes: row.facts.status = .error
      case JSONTape.Tag.no: saysNo = true
      default: countUnheld(.wrongType, fields[field], row.offset, "error, fault or throttle")
      }
    }
    if row.facts.status == .unset, !saysNo, saysCause(tape, fields[.cause]) {
      row.facts.status = .error
    }
  }

  /// Whether a cause names an exception; senders write empty ones too.
  private func saysCause(_ tape: JSONTape, _ cause: Int) -> Bool {
    if let id = tape.text(cause) { return id.count > 0 }
    let exceptions = member(tape, cause) { $0.equals("exceptions") }
    return JSONElements(tape, exceptions).contains { tape.tag($0) == JSONTape.Tag.object }
  }
}
