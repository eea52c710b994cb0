import TraceModel

/// Spans of CloudWatch's `aws/spans` → rows: OTLP's names, but flat attributes of plain JSON, numbers or text for times, and
/// names without prefix for kinds and statuses (formats/traces.md 1.8).
extension Decoder {
  mutating func awsSpan(_ tape: JSONTape, _ index: Int, _ envelope: Envelope) {
    let resource = member(tape, index) { $0.equals("resource") }
    let attributes = plainAttributes(
      tape, member(tape, resource) { $0.equals("attributes") }, envelope.offset)
    let detail = restOfResource(tape, resource)
    var row = self.resourceRow(tape, attributes)
    row.detail = detail
    let resourceRow = addResource(row)
    hasPlainAttributes = true
    let scope = addScope(scopeContent(tape, in: index))
    span(tape, index, resourceRow, scope, envelope.offset)
    hasPlainAttributes = false
  }
}
