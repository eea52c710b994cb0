public import TraceModel

/// What measuring on records that name their trace showed: how often a guess of so much raw probability is right.
///
/// - Invariant: bins are tenths of the raw probability.
public struct JoinCalibration: Sendable {
  private var right = Array(repeating: 0, count: 10)
  private var tried = Array(repeating: 0, count: 10)

  /// Records that were measured on.
  public var count: Int { tried.reduce(0, +) }

  init() {}

  private static func bin(_ raw: Double) -> Int { min(9, max(0, Int(raw * 10))) }

  mutating func add(_ raw: Double, isRight: Bool) {
    tried[Self.bin(raw)] += 1
    if isRight { right[Self.bin(raw)] += 1 }
  }

  /// The measured share, drawn towards 0.95 of the raw probability by ten records' weight: what is stated where nothing could be
  /// measured.
  func stated(_ raw: Double) -> Double {
    let bin = Self.bin(raw)
    return (Double(right[bin]) + 10 * 0.95 * raw) / (Double(tried[bin]) + 10)
  }
}

/// Joins records that name no trace to the spans of their services by time, host and what they say; see `TimeJoiner`.
///
/// - Parameters:
///   - services: spans and records of each service; given away, so that nothing is held twice.
///   - threshold: the least confidence with which a record is joined.
/// - Returns: joins by row, and how the confidence was calibrated. For records of a known request (`JoinLog.isOfRequest`) the join tells
///   the span, and its confidence is 1.
/// - Complexity: O(*n* log *n*) for *n* spans and records; some 160 bytes for a span with its record.
public func joinLogs(
  _ services: consuming [JoinService], threshold: Double = 0.5
) -> (joins: [LogJoin], calibration: JoinCalibration) {
  var services = services
  var calibration = JoinCalibration()
  let positions = learnedPositions(services)
  var joiners: [TimeJoiner] = []
  var (inside, outside) = (0, 0)
  for index in services.indices {
    var service = JoinService()
    swap(&service, &services[index])
    if service.spans.isEmpty || service.logs.isEmpty { continue }
    let joiner = TimeJoiner(service, positions)
    for (index, log) in joiner.logs.enumerated() where !log.trace.isAbsent && !log.isOfRequest {
      guard let guess = joiner.guess(index) else { continue }
      calibration.add(guess.raw, isRight: joiner.span(guess.span).trace == log.trace)
    }
    let sums = joiner.namedAndBare
    inside += sums.named
    outside += sums.bare
    joiners.append(joiner)
  }
  // What services that name their traces say of their other records; two in three where nobody does.
  let prior = (Double(inside) + 20) / (Double(inside + outside) + 30)
  var joins: [LogJoin] = []
  for place in joiners.indices {
    for (index, log) in joiners[place].logs.enumerated()
    where log.trace.isAbsent || log.isOfRequest {
      guard let guess = joiners[place].guess(index) else { continue }
      let span = joiners[place].span(guess.span)
      if log.isOfRequest {
        joins.append(
          LogJoin(
            row: log.row, trace: span.trace, span: span.id, method: .requestID, confidence: 1))
        continue
      }
      let confidence =
        calibration.stated(guess.raw) * joiners[place].insideProbability(log, prior: prior)
      if confidence < threshold { continue }
      joins.append(
        LogJoin(
          row: log.row, trace: span.trace, span: span.id, method: guess.byHost ? .host : .service,
          confidence: confidence))
    }
    // Its spans and records are not needed again.
    joiners[place] = TimeJoiner(JoinService(), positions)
  }
  joins.sort { $0.row < $1.row }
  return (joins, calibration)
}

private func learnedPositions(_ services: [JoinService]) -> PositionProfile {
  var profile = PositionProfile()
  for service in services {
    let spans = service.spansNamed()
    for log in service.logs {
      if let place = spans[log.span], service.spans[place].trace == log.trace {
        profile.learn(log, in: service.spans[place])
      }
    }
  }
  return profile
}

/// Joins records to the trace that other records or spans of the same request name.
///
/// - Parameters:
///   - bare: records that name no trace, with the hash of their request's id.
///   - named: request and trace (and span) as others name them.
/// - Returns: joins for requests of which all speak of one trace. The confidence is the share of requests, among those named more than
///   once, of which that holds, drawn towards 0.98 by fifty requests' weight.
public func joinByRequest(
  _ bare: [(row: Int64, request: UInt64)],
  named: [(request: UInt64, trace: TraceID, span: SpanID)]
) -> [LogJoin] {
  struct Known {
    var trace: TraceID
    var span: SpanID
    var times = 1
    var isClear = true
  }
  var known: [UInt64: Known] = [:]
  for name in named where !name.trace.isAbsent {
    guard var it = known[name.request] else {
      known[name.request] = Known(trace: name.trace, span: name.span)
      continue
    }
    it.times += 1
    if it.trace != name.trace { it.isClear = false }
    if it.span != name.span { it.span = .absent }
    known[name.request] = it
  }
  let repeated = known.values.filter { $0.times > 1 }
  let clear = Double(repeated.count(where: \.isClear)) + 50 * 0.98
  let confidence = clear / (Double(repeated.count) + 50)
  return bare.compactMap { record in
    guard let it = known[record.request], it.isClear else { return nil }
    return LogJoin(
      row: record.row, trace: it.trace, span: it.span, method: .requestID, confidence: confidence)
  }
}
