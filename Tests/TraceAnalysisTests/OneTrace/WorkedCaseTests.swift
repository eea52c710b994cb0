import Testing
import TraceAnalysis
import TraceModel
import TraceTestSupport

/// The tables of traces-semantics.md 9, and a few cases of our own that need no other file.
struct WorkedCaseTests {
  @Test(arguments: WorkedCase.paths)
  func `the critical path of each unit is as worked`(_ worked: WorkedCase) {
    let sketch = TraceSketch(listed: worked.spans)
    let measures = measure(sketch.raw, resources: sketch.resources)
    #expect(pathText(measures) == worked.answers[0])
  }

  @Test(arguments: WorkedCase.paths)
  func `the self time of each span is as worked`(_ worked: WorkedCase) {
    let sketch = TraceSketch(listed: worked.spans)
    let measures = measure(sketch.raw, resources: sketch.resources)
    #expect(selfText(measures) == worked.answers[1])
  }

  @Test(arguments: WorkedCase.errors)
  func `the origins of errors are as worked`(_ worked: WorkedCase) {
    let sketch = TraceSketch(listed: worked.spans)
    let measures = measure(sketch.raw, resources: sketch.resources)
    let expected = worked.answers[0].split(separator: "; ").map(String.init).sorted()
    #expect(originTexts(measures).sorted() == expected)
  }

  @Test(
    .enabled(if: !WorkedCase.specified.isEmpty, "the specification is not beside the repository"))
  func `every row of the specification's tables is read`() {
    let names = (1...42).map { "\($0)" } + (1...10).map { "E\($0)" }
    #expect(WorkedCase.specified.map(\.name) == names)
  }
}

/// `R 0-10, A 10-60; unit X: X 3-9`, in ms.
func pathText(_ measures: TraceMeasures) -> String {
  let trace = measures.trace
  var units: [String] = []
  var last: Int32 = -1
  for segment in measures.segments {
    let unit = trace.unit[Int(segment.span)]
    let name = trace.idText(Int(segment.span))
    let text = "\(name) \(millis(segment.start))-\(millis(segment.end))"
    if unit == last {
      units[units.count - 1] += ", " + text
    } else {
      units.append(units.isEmpty ? text : "unit \(trace.idText(Int(unit))): \(text)")
    }
    last = unit
  }
  return units.joined(separator: "; ")
}

/// `R=10 A=40`, in ms, in input order.
private func selfText(_ measures: TraceMeasures) -> String {
  let trace = measures.trace
  return trace.spans.indices.sorted { trace.inputRank[$0] < trace.inputRank[$1] }
    .map { "\(trace.idText($0))=\(millis(TraceSketch.epoch + measures.selfTime[$0]))" }
    .joined(separator: " ")
}

/// `B local handled by R retried by A2`.
func originTexts(_ measures: TraceMeasures) -> [String] {
  let trace = measures.trace
  return measures.origins.map { origin in
    var text = "\(trace.idText(Int(origin.span))) \(origin.blame.rawValue) "
    switch origin.reach {
    case .reaches(let head): text += "to \(trace.idText(Int(head)))"
    case .handledBy(let span): text += "handled by \(trace.idText(Int(span)))"
    }
    if origin.retriedBy >= 0 { text += " retried by \(trace.idText(Int(origin.retriedBy)))" }
    return text + (origin.isPrimary ? " primary" : "")
  }
}

/// Milliseconds after the sketches' epoch, with decimals only where there are some.
func millis(_ time: Timestamp) -> String {
  let length = time - TraceSketch.epoch
  let fraction = length % 1_000_000
  if fraction == 0 { return "\(length / 1_000_000)" }
  var digits = String("\(1_000_000 + fraction)".dropFirst())
  while digits.last == "0" { digits.removeLast() }
  return "\(length / 1_000_000).\(digits)"
}
