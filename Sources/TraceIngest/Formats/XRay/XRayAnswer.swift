import TraceModel

/// What X-Ray says of traces of its own accord: summaries, service graphs, groups, insights, documents that it refused. Each
/// element is kept as it was received, to stand beside our own findings (formats/traces.md 2.3 and 2.5).
extension Decoder {
  /// An answer, or one element of an answer; false for anything else.
  mutating func xrayAnswer(
    _ tape: JSONTape, _ index: Int, _ keys: RecordKeys, _ envelope: Envelope
  ) -> Bool {
    if let kind = elementKind(tape, keys) {
      answer(tape, index, kind, envelope.offset)
      return true
    }
    let lists: [(RecordKey, StaticString)] = [
      (.traceSummaries, "trace_summary"), (.groups, "group"), (.insightSummaries, "insight"),
      (.insightEvents, "insight_event"), (.unprocessedSegments, "unprocessed_segment"),
    ]
    for (key, kind) in lists where tape.tag(keys[key]) == JSONTape.Tag.array {
      for element in JSONElements(tape, keys[key]) { answer(tape, element, kind, nextOffset()) }
      return true
    }
    for (key, kind) in [(RecordKey.group, "group" as StaticString), (.insight, "insight")]
    where tape.tag(keys[key]) == JSONTape.Tag.object && keys.count == 1 {
      answer(tape, keys[key], kind, envelope.offset)
      return true
    }
    return services(tape, index, keys, envelope)
  }

  /// The nodes of a service or trace graph, or the services of a root cause.
  private mutating func services(
    _ tape: JSONTape, _ index: Int, _ keys: RecordKeys, _ envelope: Envelope
  ) -> Bool {
    let list = keys[.services]
    guard tape.tag(list) == JSONTape.Tag.array,
      let first = JSONElements(tape, list).first(where: { _ in true })
    else { return false }
    if member(tape, first, { $0.equals("EntityPath") }) != 0 {
      answer(tape, index, "root_cause", envelope.offset)
      return true
    }
    guard member(tape, first, { $0.equals("ReferenceId") }) != 0 else { return false }
    for element in JSONElements(tape, list) { answer(tape, element, "service", nextOffset()) }
    return true
  }

  /// What an object is that stands alone, as `--query` prints it or as an answer that was taken apart.
  private func elementKind(_ tape: JSONTape, _ keys: RecordKeys) -> StaticString? {
    if keys.has(.idCapital), keys.has(.hasFault) { return "trace_summary" }
    if keys.has(.referenceID), keys.has(.nameCapital) { return "service" }
    if keys.has(.groupName), keys.has(.groupARN) { return "group" }
    if keys.has(.insightID) { return "insight" }
    return nil
  }

  /// Keeps what a back end says as it stands.
  mutating func answer(
    _ tape: JSONTape, _ index: Int, _ kind: StaticString, _ offset: Int64
  ) {
    var row = AnswerRow()
    row.kind = batch.symbols.intern("\(kind)")
    row.offset = offset
    if kind.description == "trace_summary",
      let id = tape.text(member(tape, index) { $0.equals("Id") })
    {
      row.trace = TraceID(text: id.string)
    }
    let start = text.count
    text.putRaw(tape, index)
    row.content = range(from: start)
    batch.answers.append(row)
    batch.defects.count(.backEndAnswer, at: offset, "\(kind)")
  }
}
