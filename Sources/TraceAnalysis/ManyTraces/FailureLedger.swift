import TraceModel

/// Tells whether an event is a failure of its own or one that another source, or a span further down, has told of.
///
/// Events come in an order of `ErrorEvent.Sources`: spans first. A failure is told by trace, span and type. What names no span, or a
/// span that tells of none, means a failure of the same type and message in its trace, else one of its type that its source has not
/// told of yet. Of one failure each source may tell several times; then it happened as often as the one that tells most says.
///
///     server  POST /pay   !  KeyError 'sku'     the same exception on its way up
///       internal  price   !  KeyError 'sku'     counts
///     log of POST /pay       KeyError 'sku'     the same, told by another source
struct FailureLedger {
  /// An exception at a span, by what it says.
  struct Way: Hashable {
    var trace: TraceID
    var span: SpanID
    var service: Symbol
    var said: UInt64
  }

  /// What an event is.
  enum Answer {
    /// A failure of its own.
    case new
    /// One that stands in a group already.
    case told(group: UInt64)
  }

  private struct Failure: Hashable {
    var trace: TraceID
    var span: SpanID
    var type: String
  }

  private struct Count {
    var group: UInt64
    /// How often each source told of it.
    var told: [UInt8: Int] = [:]
    var most = 0
  }

  /// The span below from which an exception came.
  private let ways: [Way: SpanID]
  private var counts: [Failure: Count] = [:]
  /// Failures of a trace and type, in order.
  private var ofType: [Failure: [SpanID]] = [:]
  /// The first failure that says so, by trace.
  private var ofWords: [Way: Failure] = [:]

  /// A ledger without failures.
  ///
  /// - Parameter ways: for an exception at a span the span below that tells of it, too.
  init(_ ways: [Way: SpanID]) { self.ways = ways }

  /// Adds an event that stands in, or founds, a group.
  mutating func add(
    source: ErrorEvent.Sources, service: Symbol, trace: TraceID, span: SpanID, type: String,
    said: UInt64, group: UInt64
  ) -> Answer {
    if trace.isAbsent { return .new }
    let origin = origin(trace, span, service, said)
    if source == .span, origin != span {
      let first = counts[Failure(trace: trace, span: origin, type: type)]
      return .told(group: first?.group ?? group)
    }
    let failure = find(source, Failure(trace: trace, span: origin, type: type), said)
    var count = counts[failure] ?? Count(group: group)
    if count.most == 0 {
      ofType[Failure(trace: trace, span: .absent, type: type), default: []].append(failure.span)
      let words = Way(trace: trace, span: .absent, service: .empty, said: said)
      if ofWords[words] == nil { ofWords[words] = failure }
    }
    count.told[source.rawValue, default: 0] += 1
    let isNew = count.told[source.rawValue, default: 0] > count.most
    if isNew { count.most += 1 }
    counts[failure] = count
    return isNew ? .new : .told(group: count.group)
  }

  /// The span in which an exception began; at most 64 levels down.
  private func origin(
    _ trace: TraceID, _ span: SpanID, _ service: Symbol, _ said: UInt64
  ) -> SpanID {
    var span = span
    for _ in 0..<64 {
      guard let below = ways[Way(trace: trace, span: span, service: service, said: said)],
        below != span
      else { break }
      span = below
    }
    return span
  }

  /// The failure that an event means.
  private func find(
    _ source: ErrorEvent.Sources, _ failure: Failure, _ said: UInt64
  ) -> Failure {
    if source == .span || counts[failure] != nil || failure.type.isEmpty { return failure }
    func isOpen(_ failure: Failure) -> Bool {
      counts[failure].map { $0.told[source.rawValue, default: 0] < $0.most } ?? false
    }
    let words = Way(trace: failure.trace, span: .absent, service: .empty, said: said)
    if let same = ofWords[words], same.type == failure.type, isOpen(same) { return same }
    guard failure.span.isAbsent else { return failure }
    var inTrace = failure
    for span in ofType[failure] ?? [] {
      inTrace.span = span
      if isOpen(inTrace) { return inTrace }
    }
    return failure
  }
}
