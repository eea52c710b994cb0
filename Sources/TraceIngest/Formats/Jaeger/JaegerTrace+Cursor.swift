import TraceModel

/// Jaeger's traces, read from their text where they are written as the UI and its API write nearly all.
///
/// Spans are read as they come, and get their resources once the trace's processes are known, which follow them. A trace that
/// is written otherwise is left to the tape's reader as a whole; a span, alone.
extension Decoder {
  /// Whether a record begins as an answer of the API does that holds traces.
  mutating func beginsJaegerAnswer(_ whole: Bytes) -> Bool {
    var cursor = JSONCursor(whole)
    return takesTraces(&cursor)
  }

  /// Moves to the first trace of an answer.
  private func takesTraces(_ cursor: inout JSONCursor) -> Bool {
    guard cursor.take(0x7b) else { return false }
    cursor.skipBlanks()
    return cursor.take("\"data\"") && cursor.take(0x3a) && cursor.take(0x5b)
      && cursor.at < cursor.bytes.count
  }

  /// Reads an answer of the API; false where it is left to the tape's reader. Nothing has changed then.
  mutating func jaegerAnswerFromText(_ whole: Bytes, _ offset: Int64) -> Bool {
    var cursor = JSONCursor(whole)
    let mark = mark()
    // As the tape's reader numbers them, to which the answer itself is the first.
    (recordOffset, ordinal) = (offset, 1)
    var refused: Int64 = 0
    guard takesTraces(&cursor), answer(&cursor, &refused), cursor.isAtEnd else {
      undoText(mark)
      return false
    }
    noteRefused(refused, of: ordinal - 1)
    finishRecord(isKnown: true)
    return true
  }

  /// Reads a trace that is an element of an answer; false where it is left to the tape's reader. Nothing has changed then.
  mutating func jaegerTraceFromText(_ whole: Bytes, _ offset: Int64) -> Bool {
    var cursor = JSONCursor(whole)
    let mark = mark()
    (recordOffset, ordinal) = (offset, 0)
    var refused: Int64 = 0
    guard jaegerTrace(&cursor, &refused), cursor.isAtEnd else {
      undoText(mark)
      return false
    }
    noteRefused(refused, of: ordinal)
    return true
  }

  private mutating func answer(_ cursor: inout JSONCursor, _ refused: inout Int64) -> Bool {
    repeat {
      guard jaegerTrace(&cursor, &refused) else { return false }
    } while cursor.take(0x2c)
    guard cursor.take(0x5d) else { return false }
    while cursor.take(0x2c) {
      // Counts of what was asked for, and what went wrong.
      guard let key = cursor.key(), !key.equals("data"),
        cursor.take("null") || cursor.wholeNumber() != nil
      else { return false }
    }
    return cursor.take(0x7d)
  }

  private mutating func jaegerTrace(_ cursor: inout JSONCursor, _ refused: inout Int64) -> Bool {
    guard cursor.take(0x7b) else { return false }
    kept.jaeger.processes.removeAll()
    let first = batch.spans.count
    var processes: JSONCursor?
    var isBefore = false
    repeat {
      guard let key = cursor.key() else { return false }
      if key.equals("spans"), batch.spans.count == first {
        guard spans(&cursor, &refused) else { return false }
      } else if key.equals("processes"), processes == nil {
        processes = cursor
        isBefore = batch.spans.count == first
        guard isBefore ? cursor.skipValue() != nil : learn(&cursor) else { return false }
      } else if key.equals("traceID") {
        guard cursor.string() != nil else { return false }
      } else if key.equals("warnings") {
        guard cursor.take("null") || cursor.take("[]") else { return false }
      } else {
        return false
      }
    } while cursor.take(0x2c)
    guard cursor.take(0x7d), batch.spans.count > first, var processes else { return false }
    // Those that stand before the spans are read now that it is known which they name.
    if isBefore, !learn(&processes) { return false }
    for index in first..<batch.spans.count {
      guard let row = kept.jaeger.processes[Int(batch.spans[index].resource)].row else {
        return false
      }
      batch.spans[index].resource = row
    }
    return true
  }

  private mutating func spans(_ cursor: inout JSONCursor, _ refused: inout Int64) -> Bool {
    guard cursor.take(0x5b) else { return false }
    repeat {
      cursor.skipBlanks()
      let offset = nextOffset()
      if jaegerSpanFromText(&cursor, offset) { continue }
      guard cursor.next == 0x7b, let whole = cursor.skipValue(),
        let tape = parser.parse(whole, hasRoom: true)
      else { return false }
      let fields = JaegerSpanFields(tape, tape.root)
      guard fields.trace != 0, fields.process == 0, let process = tape.text(fields.processID)
      else { return false }
      let row = jaegerRow(ofProcess: process, offset)
      jaegerSpan(tape, tape.root, fields, trace: fields.trace, row, offset)
      refused += 1
    } while cursor.take(0x2c)
    return cursor.take(0x5d)
  }

  /// The row of a process by its id: where the trace is at hand as a whole, its place among those that were named, until the trace's
  /// processes are known.
  mutating func jaegerRow(ofProcess name: Bytes, _ offset: Int64) -> UInt32 {
    if let place = kept.jaeger.processes.place(name) {
      return kept.jaeger.processes[place].row ?? UInt32(place)
    }
    let row = kept.jaeger.late == 0 ? nil : row(ofResource: processNumber(name))
    kept.jaeger.processes.add(name, row: row, at: offset)
    return row ?? UInt32(kept.jaeger.processes.count - 1)
  }

  /// Gives the processes that spans have named their rows; false where the text is not as nearly all are.
  private mutating func learn(_ cursor: inout JSONCursor) -> Bool {
    guard cursor.take(0x7b) else { return false }
    if cursor.take(0x7d) { return true }
    repeat {
      guard let name = cursor.key() else { return false }
      let place = kept.jaeger.processes.place(name)
      if let place, kept.jaeger.processes[place].row != nil { return false }
      guard learnProcess(&cursor, place) else { return false }
    } while cursor.take(0x2c)
    return cursor.take(0x7d)
  }

  /// Gives the process at a place the row of what stands at the cursor; false where that cannot be read, or held.
  private mutating func learnProcess(_ cursor: inout JSONCursor, _ place: Int?) -> Bool {
    let start = cursor
    let met = metResources.take(&cursor)
    if case .row(let row)? = met {
      if let place { kept.jaeger.processes[place].row = row }
      return true
    }
    guard met != nil || cursor.next == 0x7b && cursor.skipValue() != nil else { return false }
    let content = cursor.bytes.slice(start.at, cursor.at)
    let (text, known) = writtenResources.find(content)
    if let known {
      if let place { kept.jaeger.processes[place].row = known }
      metResources.note(start, content, known)
      return true
    }
    guard let tape = parser.parse(content, hasRoom: true) else { return false }
    // No span has named it.
    guard let place else { return true }
    let defects = batch.defects
    let row = addResource(processRow(tape, tape.root, kept.jaeger.processes[place].offset))
    kept.jaeger.processes[place].row = row
    if !kept.jaeger.odd.isEmpty {
      // The trace's first span keeps it.
      kept.jaeger.odd.removeAll(keepingCapacity: true)
      return false
    }
    // Defects are counted each time.
    if batch.defects == defects {
      writtenResources.note(text, row)
      metResources.note(start, content, row)
    }
    return true
  }
}
