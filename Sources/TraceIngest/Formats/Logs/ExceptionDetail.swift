import TraceModel

/// Exceptions inside records: text of any language → the member `exception` of a row's detail.
extension Decoder {
  /// The exception that a text holds; nil where it holds no stack trace. Equal texts are parsed once a batch.
  mutating func exception(in text: Bytes) -> ExceptionRecord? { nil }

  /// Writes an exception as JSON: {`type`, `message`, `language`, `blame` (the frame to blame, as text), `strict`, `loose` (fingerprints, 16
  /// hex digits), `parts` [{`type`, `message`, `frames` [{`function`, `file`, `line`, `module`, `in_app`}]}]}.
  mutating func putException(_ record: ExceptionRecord) {}
}
