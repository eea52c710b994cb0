/// A format: what it is called, how it is told, and how its records are found.
package struct Format: Sendable {
  /// The name for `--input-format` and for the store.
  package let name: String
  /// What such a file holds, for sentences.
  package let contents: String
  /// How its records are found.
  let framing: Framing
  /// Whether a file is one.
  let sniff: @Sendable (borrowing FirstBytes) -> Bool

  /// Whether one task must read the source from front to back.
  package var isOrdered: Bool { framing.isOrdered }

  /// How records are found and who reads them.
  enum Framing: Sendable {
    /// OTLP's documents.
    case otlp
    /// OTLP's protobuf requests, with or without their lengths.
    case protobuf
    /// JSON values, each routed by its keys. `isOrdered`: records of one stream may continue each other, so they are read
    /// one after the other. `hasText`: lines of text between them are text records, as in logs; else they are broken.
    case json(isOrdered: Bool, hasText: Bool = false)
    /// Lines of text, read one after the other.
    case lines(LineTransport)

    /// Whether one task must read the source from front to back.
    var isOrdered: Bool {
      switch self {
      case .otlp, .protobuf: false
      case .json(let isOrdered, _): isOrdered
      case .lines: true
      }
    }

    /// Whether each line is a record.
    var isLines: Bool { if case .lines = self { true } else { false } }

    /// Whether lines of text may stand between JSON values.
    var hasText: Bool {
      if case .json(_, let hasText) = self { hasText } else { false }
    }
  }

  init(
    name: String, contents: String, framing: Framing,
    sniff: @escaping @Sendable (borrowing FirstBytes) -> Bool
  ) {
    self.name = name
    self.contents = contents
    self.framing = framing
    self.sniff = sniff
  }

  /// All formats in the order in which they are tried (formats/traces.md 0, formats/logs.md 1).
  package static let all: [Format] =
    [otlpProtobuf, otlp, console] + awsFormats + jaegerFormats
    + [zipkin, goConsole, jsConsole, datadog, elastic, searchHits]
    + errorFormats
    + systemFormats
    + loggerFormats
    + textFormats

  /// The format of a name.
  package static func named(_ name: String) -> Format? { all.first { $0.name == name } }
}

/// What a format is told by.
struct FirstBytes: ~Copyable {
  /// The keys of the first JSON records.
  let outline: Outline
  /// The first decompressed bytes, at most 64 KiB.
  let bytes: Bytes
  /// Path as it was given; the names of files and folders are hints only.
  let path: String
}
