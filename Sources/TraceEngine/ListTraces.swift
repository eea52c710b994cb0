import TraceAnalysis
import TraceModel
public import TraceReport
import TraceStore

/// The order of a list of traces.
public enum TraceOrder: String, Sendable, CaseIterable {
  /// Longest first.
  case duration
  /// Earliest first.
  case start
  /// Most spans first.
  case spans
  /// Most error spans first.
  case errors
}

/// Which traces to list.
public struct TraceListRequest: Sendable {
  /// The store.
  public var store: OpenedStore
  /// Which part of it.
  public var window: WindowOption
  /// The order.
  public var order: TraceOrder
  /// Only traces whose primary root failed.
  public var failedOnly: Bool
  /// Only traces that this service has spans in.
  public var service: String?
  /// How many.
  public var limit: Int
  /// Tasks that read traces.
  public var workers: Int

  /// A request of its parts.
  public init(
    store: OpenedStore, window: WindowOption, order: TraceOrder, failedOnly: Bool, service: String?,
    limit: Int, workers: Int
  ) {
    self.store = store
    self.window = window
    self.order = order
    self.failedOnly = failedOnly
    self.service = service
    self.limit = limit
    self.workers = workers
  }
}

/// Lists traces: the first `limit` in the order asked for, ties by trace id.
///
/// - Throws: `EngineError`.
/// - Complexity: linear in spans; memory of the traces listed.
public func listTraces(_ request: TraceListRequest) async throws -> Table {
  do {
    let catalog = try TraceReader(path: request.store.path).catalog
    let window = try window(request.window, in: request.store)
    if let service = request.service, catalog.symbols.find(service) == nil {
      let known = Set(catalog.resources.map { catalog.symbols[$0.service] }).subtracting([""])
        .sorted()
      throw EngineError(
        .usage,
        "no service '\(service)' in the data; it has \(known.prefix(12).joined(separator: ", "))")
    }
    var list = TraceList(request: request, catalog: catalog, window: window)
    try await withThrowingTaskGroup(of: TraceList.self) { group in
      for part in catalog.partitions(request.workers) {
        group.addTask { [list] in
          var list = list
          var reader = try TraceReader(sharing: catalog)
          var scratch = TraceScratch()
          try reader.forEachTrace(in: part) { raw in
            list.add(measure(raw, resources: catalog.resources, scratch: &scratch))
          }
          return list
        }
      }
      for try await part in group { list.merge(part) }
    }
    return list.table
  } catch let error as StoreError {
    throw EngineError(error)
  }
}

/// The first traces in an order, and how many there are.
private struct TraceList: Sendable {
  struct Entry: Sendable {
    var id: TraceID
    var start: Timestamp
    var length: Nanoseconds
    var endpoint: OperationKey
    var spans: Int
    var services: Int
    var errors: Int
    var failed: Bool
    var isIncomplete: Bool
  }

  var request: TraceListRequest
  var window: TimeWindow?
  var service: Symbol?
  var resources: [Resource]
  var symbols: SymbolTable
  var entries: [Entry] = []
  var total = 0

  init(request: TraceListRequest, catalog: StoreCatalog, window: TimeWindow?) {
    self.request = request
    self.window = window
    service = request.service.flatMap { catalog.symbols.find($0) }
    resources = catalog.resources
    symbols = catalog.symbols
  }

  mutating func add(_ measures: TraceMeasures) {
    let trace = measures.trace
    let primary = Int(trace.primary)
    guard !trace.spans.isEmpty, window?.contains(trace.start[primary]) != false else { return }
    let failed =
      measures.errorClass[primary] == .origin || measures.errorClass[primary] == .propagated
    if request.failedOnly, !failed { return }
    let services = Set(trace.spans.map { resources[Int($0.resource)].service })
    if let service, !services.contains(service) { return }
    total += 1
    let root = trace.spans[primary]
    entries.append(
      Entry(
        id: trace.id, start: trace.start[primary], length: trace.total,
        endpoint: OperationKey(
          service: resources[Int(root.resource)].service, kind: root.facts.kind,
          name: root.operation),
        spans: trace.spans.count, services: services.count,
        errors: measures.errorClass.count { $0 == .origin || $0 == .propagated }, failed: failed,
        isIncomplete: trace.edge[primary] == .orphan))
    if entries.count / 2 >= request.limit, entries.count >= 1000 { cut() }
  }

  mutating func merge(_ other: TraceList) {
    entries += other.entries
    total += other.total
    cut()
  }

  private mutating func cut() {
    entries.sort { a, b in
      switch request.order {
      case .duration where a.length != b.length: a.length > b.length
      case .start where a.start != b.start: a.start < b.start
      case .spans where a.spans != b.spans: a.spans > b.spans
      case .errors where a.errors != b.errors: a.errors > b.errors
      default: a.id < b.id
      }
    }
    if entries.count > request.limit { entries.removeSubrange(request.limit...) }
  }

  var table: Table {
    let columns: [Table.Column] = [
      .init("trace", key: "trace_id", kind: .text), .init("start", key: "start_ns", kind: .moment),
      .init("endpoint", key: "endpoint", kind: .operation),
      .init("length", key: "duration_ns", kind: .length),
      .init("spans", key: "spans", kind: .count), .init("services", key: "services", kind: .count),
      .init("errors", key: "errors", kind: .count), .init("outcome", key: "outcome", kind: .text),
    ]
    let rows: [[Table.Cell]] = entries.map { entry in
      let endpoint = Operation(
        service: symbols[entry.endpoint.service], kind: entry.endpoint.kind.name,
        name: symbols[entry.endpoint.name])
      let outcome = entry.isIncomplete ? "incomplete" : entry.failed ? "failed" : "ok"
      return [
        .text(entry.id.description), .moment(entry.start.nanoseconds), .operation(endpoint),
        .length(entry.length), .count(entry.spans), .count(entry.services), .count(entry.errors),
        .text(outcome),
      ]
    }
    return Table(columns: columns, rows: rows, total: total)
  }
}
