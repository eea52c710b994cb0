extension Format {
  static let cloudWatch = Format(
    name: "cloudwatch", contents: "CloudWatch log events",
    framing: .json(isOrdered: true, hasText: true)
  ) {
    $0.outline.has("events[].message") || $0.outline.has("logEvents")
      || $0.outline.has("results[].field")
      || $0.outline.has("@timestamp") || $0.outline.has("@message")
  }
}
