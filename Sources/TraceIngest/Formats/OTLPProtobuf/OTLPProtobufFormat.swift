extension Format {
  /// OTLP protobuf: one request a file, as the collector's S3 exporter writes it, or requests with their lengths, as its file
  /// exporter does.
  static let otlpProtobuf = Format(
    name: "otlp-protobuf", contents: "OTLP protobuf", framing: .protobuf
  ) { ProtobufShape.isRequest($0.bytes) }
}
