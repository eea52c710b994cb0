/// Lists whose elements are records of their own, wherever a document keeps them: pages of events, answers of back ends.
///
/// An element is read as if its document held it alone: `{"events":[ELEMENT]}`. So a format's reader sees the same shape whether a
/// document is small or larger than the memory, and an element's offset is the place of its first byte.
enum DocumentList: UInt8, CaseIterable, Sendable {
  case events, logEvents, results, sessionResults, records, lambdaRecords
  case traces, traceSummaries, traceSegmentDocuments, services
  case items, instances, entries, hits, data, spans

  /// The list's key.
  var key: StaticString {
    switch self {
    case .events: "events"
    case .logEvents: "logEvents"
    case .results: "results"
    case .sessionResults: "sessionResults"
    case .records: "Records"
    case .lambdaRecords: "records"
    case .traces: "Traces"
    case .traceSummaries: "TraceSummaries"
    case .traceSegmentDocuments: "TraceSegmentDocuments"
    case .services: "Services"
    case .items: "items"
    case .instances: "instances"
    case .entries: "entries"
    case .hits: "hits"
    case .data: "data"
    case .spans: "spans"
    }
  }

  /// The key of the object around the list inside the document; empty where the list is a member of the document itself.
  var wrapper: StaticString {
    switch self {
    case .sessionResults: "sessionUpdate"
    case .items, .instances: "result"
    case .hits: "hits"
    default: ""
    }
  }

  /// What its elements are, where they are counted one by one even if one cannot be read.
  var elements: ListKind? {
    switch self {
    case .events, .logEvents, .results, .sessionResults, .entries: .log
    case .spans: .span
    default: nil
    }
  }

  /// Whether an element may hold a list of its own, so that a large or broken one is taken apart too.
  var hasLists: Bool { self == .data }

  /// The list of a key in a document, or in an object inside it.
  static func named(_ key: Bytes, inside wrapper: Bytes) -> DocumentList? {
    for list in allCases where key.equals(list.key) && wrapper.equals(list.wrapper) { return list }
    return nil
  }

  /// Whether an object inside a document may hold such a list.
  static func isWrapper(_ key: Bytes) -> Bool {
    key.equals("sessionUpdate") || key.equals("result") || key.equals("hits")
  }

  /// Whether a list's first element is one of those that the list is known for: other documents use the same names.
  func holds(_ element: Bytes) -> Bool {
    guard element.count > 0 else { return false }
    switch self {
    case .events: return has(element, ["message"]) && has(element, ["timestamp", "ingestionTime"])
    case .logEvents, .sessionResults: return has(element, ["message"])
    case .results:
      // A row is a list of fields.
      let first = element[0] == 0x5b ? JSONScan.skipBlanks(element, 1) : element.count
      return first < element.count && has(element.slice(first, element.count), ["field"])
    case .records: return has(element, ["kinesis", "Data"])
    case .lambdaRecords: return has(element, ["data"]) && has(element, ["recordId"])
    case .traces: return has(element, ["Segments", "Spans"])
    case .traceSummaries: return has(element, ["Id"])
    case .traceSegmentDocuments: return element[0] == 0x22 || element[0] == 0x7b
    case .services: return has(element, ["ReferenceId"])
    case .items, .instances: return element[0] == 0x7b
    case .entries: return has(element, ["logName"])
    case .hits: return has(element, ["_source"])
    case .data: return has(element, ["spans"])
    case .spans:
      return has(element, ["spanID", "spanId", "span_id"])
        && has(element, ["operationName", "operation_name"])
    }
  }

  /// Whether an object has one of these keys.
  private func has(_ object: Bytes, _ names: [StaticString]) -> Bool {
    guard object.count > 0, object[0] == 0x7b else { return false }
    var i = 1
    while true {
      while i < object.count, JSONScan.isBlank(object[i]) || object[i] == 0x2c { i += 1 }
      guard i < object.count, object[i] == 0x22,
        case .at(let keyEnd) = JSONScan.endOfString(object, i, breaks: .ignored)
      else { return false }
      let key = object.slice(i + 1, keyEnd - 1)
      for name in names where key.equals(name) { return true }
      let colon = JSONScan.skipBlanks(object, keyEnd)
      guard colon < object.count, object[colon] == 0x3a else { return false }
      let value = JSONScan.skipBlanks(object, colon + 1)
      guard
        case .at(let end) = JSONScan.endOfValue(object, value, isLast: true, breaks: .ignored)
      else { return false }
      i = end
    }
  }
}

/// Neighbouring elements of one list, lifted out of their document.
struct ElementRun: Sendable {
  /// Which list it is.
  var list: DocumentList
  /// The first element's first byte in the chunk.
  var start: Int
  /// The byte behind the last element.
  var end: Int
  /// What stands before an element in a document that holds it alone: what the document says of its elements, and the list's key.
  var prefix: [UInt8]
  /// Offset of the document in its source.
  var document: Int64
  /// First byte of each element in the chunk, and the byte behind it.
  private(set) var elements: [(start: Int, end: Int)] = []

  init(list: DocumentList, start: Int, prefix: [UInt8], document: Int64) {
    self.list = list
    self.start = start
    self.end = start
    self.prefix = prefix
    self.document = document
  }

  /// Adds the element that lies there, behind those before.
  mutating func add(_ first: Int, _ end: Int) {
    elements.append((first, end))
    self.end = end
  }
}
