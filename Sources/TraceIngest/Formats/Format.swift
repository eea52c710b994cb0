/// A format: what it is called, how it is told, and whether it is read.
package struct Format: Sendable {
  /// The name for `--input-format` and for the store.
  package let name: String
  /// What such a file holds, for sentences.
  package let contents: String
  /// Whether it is read; the others are told so that a sentence can name them.
  package let isRead: Bool
  /// Whether the first records look like it.
  let sniff: @Sendable (Outline) -> Bool

  /// All formats in the order in which they are tried (formats/traces.md 0).
  package static let all: [Format] = [
    .otlp, .xray, .awsSpans, .jaeger, .jaegerStorage, .console, .datadog, .elastic, .zipkin,
    .cloudWatch,
  ]

  /// The format of a name.
  package static func named(_ name: String) -> Format? { all.first { $0.name == name } }
}
