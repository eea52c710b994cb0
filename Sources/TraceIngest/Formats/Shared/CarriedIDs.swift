import TraceModel

/// Ids of traces, spans and requests that a record carries, in every spelling of formats/logs.md 10.
struct CarriedIDs {
  /// Absent where none is named.
  var trace = TraceID.absent
  /// Absent where none is named.
  var span = SpanID.absent
  /// The request's id; empty where none is named.
  var request = Bytes.none
}

extension Decoder {
  /// The ids among the members of a JSON object, nested ones included.
  func carriedIDs(_ tape: JSONTape, _ object: Int, _ keys: RecordKeys) -> CarriedIDs {
    CarriedIDs()
  }

  /// The ids in a free text: only behind their names, or in a form that nothing else has.
  func carriedIDs(inText text: Bytes) -> CarriedIDs { CarriedIDs() }
}
