import TraceModel

/// What takes one document apart, by the framing of its source.
enum DocumentScanner {
  case otlp(OTLPScanner)
  case lists(ListScanner)

  /// A scanner for the document that starts at an offset of the source.
  init(_ framing: Format.Framing, recordOffset: Int64, breaks: JSONScan.LineBreaks) {
    if case .otlp = framing {
      self = .otlp(OTLPScanner(recordOffset: recordOffset, breaks: breaks))
    } else {
      self = .lists(ListScanner(recordOffset: recordOffset, breaks: breaks))
    }
  }

  /// Scans what there is; parameters and outcome as in `OTLPScanner`.
  mutating func scan(
    _ bytes: Bytes, base: Int64, position: inout Int, isLast: Bool, chunk: Int,
    skipsLarge: Bool = false, into items: inout [Item]
  ) -> OTLPScanner.Outcome {
    switch self {
    case .otlp(var scanner):
      let outcome = scanner.scan(
        bytes, base: base, position: &position, isLast: isLast, chunk: chunk,
        skipsLarge: skipsLarge, into: &items)
      self = .otlp(scanner)
      return outcome
    case .lists(var scanner):
      let outcome = scanner.scan(
        bytes, base: base, position: &position, isLast: isLast, skipsLarge: skipsLarge,
        into: &items)
      self = .lists(scanner)
      return outcome
    }
  }

  /// Closes what is open, so that what was complete is kept although the document is not.
  mutating func abandon(chunk: Int, into items: inout [Item]) {
    switch self {
    case .otlp(var scanner):
      scanner.abandon(chunk: chunk, into: &items)
      self = .otlp(scanner)
    case .lists(var scanner):
      scanner.abandon(into: &items)
      self = .lists(scanner)
    }
  }
}
