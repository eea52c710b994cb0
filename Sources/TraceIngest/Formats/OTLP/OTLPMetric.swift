import TraceModel

/// Metrics of an OTLP document → one row a data point (formats/traces.md 1.9).
///
/// What SQL and people ask for stands in columns: value, count, sum, smallest and largest; buckets, quantiles and exemplars stand as JSON.
/// A point without a recorded value is a gap, and keeps its place on the time axis.
///
/// - Source: opentelemetry-proto, metrics/v1/metrics.proto.
extension Decoder {
  private static let temporalityNames: [StaticString] = ["unspecified", "delta", "cumulative"]

  /// One metric with its data points.
  mutating func metric(
    _ tape: JSONTape, _ index: Int, _ resource: UInt32, _ scope: UInt32, _ offset: Int64
  ) {
    batch.metricsSeen += 1
    guard tape.tag(index) == JSONTape.Tag.object else {
      batch.defects.count(.wrongType, at: offset, "metrics")
      return
    }
    var row = PointRow()
    row.resource = resource
    row.scope = scope
    row.offset = offset
    var data = 0
    for (key, value) in JSONMembers(tape, index) {
      if key.equals("name") { row.name = symbol(tape.text(value) ?? Bytes.none) }
      if key.equals("unit") { row.unit = symbol(tape.text(value) ?? Bytes.none) }
      if key.equals("description") { row.about = symbol(tape.text(value) ?? Bytes.none) }
      if let kind = Self.kind(key), tape.tag(value) == JSONTape.Tag.object {
        row.kind = kind
        data = value
      }
    }
    if data == 0 {
      batch.defects.count(.wrongType, at: offset, "metrics")
      return
    }
    var points = 0
    for (key, value) in JSONMembers(tape, data) {
      if key.equals("dataPoints") || key.equals("data_points") { points = value }
      if key.equals("aggregationTemporality") || key.equals("aggregation_temporality") {
        row.temporality = enumeration(
          tape, value, "aggregation_temporality_", Self.temporalityNames, offset)
      }
      if key.equals("isMonotonic") || key.equals("is_monotonic") {
        row.isMonotonic = tape.tag(value) == JSONTape.Tag.yes
      }
    }
    for point in JSONElements(tape, points) {
      if tape.tag(point) == JSONTape.Tag.object {
        self.point(tape, point, row)
      } else {
        batch.defects.count(.wrongType, at: offset, "dataPoints")
      }
    }
    if !unheld.isEmpty { unheld.removeAll(keepingCapacity: true) }
  }

  private static func kind(_ key: Bytes) -> PointRow.Kind? {
    switch key.count {
    case 3: key.equals("sum") ? .sum : nil
    case 5: key.equals("gauge") ? .gauge : nil
    case 7: key.equals("summary") ? .summary : nil
    case 9: key.equals("histogram") ? .histogram : nil
    case 20: key.equals("exponentialHistogram") ? .exponentialHistogram : nil
    case 21: key.equals("exponential_histogram") ? .exponentialHistogram : nil
    default: nil
    }
  }

  private mutating func point(_ tape: JSONTape, _ index: Int, _ metric: PointRow) {
    var row = metric
    var attributes = 0
    var written = 0
    for (key, value) in JSONMembers(tape, index) {
      if key.equals("asInt") || key.equals("as_int") || key.equals("asDouble")
        || key.equals("as_double")
      {
        written = value
      }
      switch key.count {
      case 10 where key.equals("attributes"): attributes = value
      case 5 where key.equals("flags"):
        row.hasNoValue = count(tape, value, row.offset) & 1 == 1
      case 5 where key.equals("count"): row.count = wholeNumber(tape, value)
      case 5 where key.equals("asInt"): row.whole = wholeNumber(tape, value)
      case 6 where key.equals("as_int"): row.whole = wholeNumber(tape, value)
      case 8 where key.equals("asDouble"): row.number = finiteNumber(tape, value)
      case 9 where key.equals("as_double"): row.number = finiteNumber(tape, value)
      case 3 where key.equals("sum"): row.sum = finiteNumber(tape, value)
      case 3 where key.equals("min"): row.least = finiteNumber(tape, value)
      case 3 where key.equals("max"): row.most = finiteNumber(tape, value)
      case 12 where key.equals("timeUnixNano"):
        row.time = time(tape, value, row.offset, "timeUnixNano")
      case 14 where key.equals("time_unix_nano"):
        row.time = time(tape, value, row.offset, "time_unix_nano")
      case 17 where key.equals("startTimeUnixNano"):
        row.start = time(tape, value, row.offset, "startTimeUnixNano")
      case 20 where key.equals("start_time_unix_nano"):
        row.start = time(tape, value, row.offset, "start_time_unix_nano")
      default: break
      }
    }
    row.attributes = self.attributes(tape, attributes, row.offset)
    let isPlain = row.kind == .gauge || row.kind == .sum
    if isPlain, row.whole == nil, row.number == nil, !row.hasNoValue {
      // Writers leave out zeros: a number that is not there is 0. One that is no number is a gap.
      if written == 0 {
        row.whole = 0
      } else {
        row.hasNoValue = true
        batch.defects.count(.oddNumber, at: row.offset, "dataPoints")
      }
    }
    if !isPlain, row.count == nil, !row.hasNoValue { row.count = 0 }
    let start = text.count
    for (key, value) in JSONMembers(tape, index) { putPart(tape, key, value, from: start) }
    row.detail = endDetail(from: start)
    batch.points.append(row)
  }

  /// Buckets, quantiles and exemplars.
  private mutating func putPart(_ tape: JSONTape, _ key: Bytes, _ value: Int, from start: Int) {
    switch key.count {
    case 5 where key.equals("scale"):
      detailMember("scale", from: start)
      text.putInt(wholeNumber(tape, value) ?? 0)
    // Elastic's.
    case 6 where key.equals("sample"):
      detailMember("sample", from: start)
      text.putRaw(tape, value)
    case 8:
      if key.equals("positive") { putBuckets("positive", tape, value, from: start) }
      if key.equals("negative") { putBuckets("negative", tape, value, from: start) }
    case 9 where key.equals("exemplars"), 9 where key.equals("zeroCount"):
      if key.equals("exemplars") {
        putExemplars(tape, value, from: start)
      } else {
        putNumber("zero_count", tape, value, from: start)
      }
    case 10 where key.equals("zero_count"): putNumber("zero_count", tape, value, from: start)
    case 12 where key.equals("bucketCounts"): putCounts("counts", tape, value, from: start)
    case 13:
      if key.equals("bucket_counts") { putCounts("counts", tape, value, from: start) }
      if key.equals("zeroThreshold") { putNumber("zero_threshold", tape, value, from: start) }
    case 14:
      if key.equals("explicitBounds") { putBounds(tape, value, from: start) }
      if key.equals("quantileValues") { putQuantiles(tape, value, from: start) }
    case 15:
      if key.equals("explicit_bounds") { putBounds(tape, value, from: start) }
      if key.equals("quantile_values") { putQuantiles(tape, value, from: start) }
    default: break
    }
  }

  private mutating func putNumber(
    _ name: StaticString, _ tape: JSONTape, _ value: Int, from start: Int
  ) {
    guard let number = finiteNumber(tape, value) else { return }
    detailMember(name, from: start)
    text.putDouble(number)
  }

  private mutating func putCounts(
    _ name: StaticString, _ tape: JSONTape, _ list: Int, from start: Int
  ) {
    detailMember(name, from: start)
    putCounts(tape, list)
  }

  private mutating func putCounts(_ tape: JSONTape, _ list: Int) {
    var separator: UInt8 = 0x5b
    for element in JSONElements(tape, list) {
      text.put(separator)
      separator = 0x2c
      text.putUInt(unsignedNumber(tape, element) ?? 0)
    }
    text.put(separator == 0x5b ? "[]" : "]")
  }

  private mutating func putBounds(_ tape: JSONTape, _ list: Int, from start: Int) {
    detailMember("bounds", from: start)
    var separator: UInt8 = 0x5b
    for element in JSONElements(tape, list) {
      text.put(separator)
      separator = 0x2c
      text.putDouble(finiteNumber(tape, element) ?? 0)
    }
    text.put(separator == 0x5b ? "[]" : "]")
  }

  private mutating func putBuckets(
    _ name: StaticString, _ tape: JSONTape, _ buckets: Int, from start: Int
  ) {
    var offset: Int64 = 0
    var counts = 0
    for (key, value) in JSONMembers(tape, buckets) {
      if key.equals("offset") { offset = wholeNumber(tape, value) ?? 0 }
      if key.equals("bucketCounts") || key.equals("bucket_counts") { counts = value }
    }
    if counts == 0 { return }
    detailMember(name, from: start)
    text.put("{\"offset\":")
    text.putInt(offset)
    text.put(",\"counts\":")
    putCounts(tape, counts)
    text.put(0x7d)
  }

  private mutating func putQuantiles(_ tape: JSONTape, _ list: Int, from start: Int) {
    detailMember("quantiles", from: start)
    var separator: UInt8 = 0x5b
    for element in JSONElements(tape, list) {
      text.put(separator)
      separator = 0x2c
      text.put("{\"quantile\":")
      text.putDouble(finiteNumber(tape, member(tape, element) { $0.equals("quantile") }) ?? 0)
      text.put(",\"value\":")
      text.putDouble(finiteNumber(tape, member(tape, element) { $0.equals("value") }) ?? 0)
      text.put(0x7d)
    }
    text.put(separator == 0x5b ? "[]" : "]")
  }

  private mutating func putExemplars(_ tape: JSONTape, _ list: Int, from start: Int) {
    var isEmpty = true
    for exemplar in JSONElements(tape, list) where tape.tag(exemplar) == JSONTape.Tag.object {
      if isEmpty { detailMember("exemplars", from: start) }
      text.put(isEmpty ? 0x5b : 0x2c)
      isEmpty = false
      putExemplar(tape, exemplar)
    }
    if !isEmpty { text.put(0x5d) }
  }

  private mutating func putExemplar(_ tape: JSONTape, _ exemplar: Int) {
    text.put("{\"time_ns\":")
    let time = member(tape, exemplar) { $0.equals("timeUnixNano") || $0.equals("time_unix_nano") }
    text.putInt(self.time(tape, time, recordOffset, "timeUnixNano"))
    let value = member(tape, exemplar) {
      $0.equals("asDouble") || $0.equals("as_double") || $0.equals("asInt") || $0.equals("as_int")
    }
    if let number = finiteNumber(tape, value) {
      text.put(",\"value\":")
      text.putDouble(number)
    }
    let trace = member(tape, exemplar) { $0.equals("traceId") || $0.equals("trace_id") }
    let span = member(tape, exemplar) { $0.equals("spanId") || $0.equals("span_id") }
    if trace != 0 {
      let id = traceID(tape, trace, recordOffset).id
      if !id.isAbsent {
        text.put(",\"trace_id\":\"")
        text.buffer.put(id.description)
        text.put(0x22)
      }
    }
    if span != 0 {
      let id = spanID(tape, span, recordOffset).id
      if !id.isAbsent {
        text.put(",\"span_id\":\"")
        text.buffer.put(id.description)
        text.put(0x22)
      }
    }
    let attributes = member(tape, exemplar) {
      $0.equals("filteredAttributes") || $0.equals("filtered_attributes")
    }
    if attributes != 0 {
      text.put(",\"attributes\":")
      let start = text.count
      _ = self.attributes(tape, attributes, recordOffset)
      if text.count == start { text.put("{}") }
    }
    text.put(0x7d)
  }

  /// A finite number, written as a number or as text; nil for anything else.
  func finiteNumber(_ tape: JSONTape, _ index: Int) -> Double? {
    switch tape.tag(index) {
    case JSONTape.Tag.double:
      let value = Double(bitPattern: tape.number(index))
      return value.isFinite ? value : nil
    case JSONTape.Tag.int: return Double(Int64(bitPattern: tape.number(index)))
    case JSONTape.Tag.uint: return Double(tape.number(index))
    case JSONTape.Tag.string:
      guard let words = tape.text(index), words.count <= 40, let value = Double(words.string),
        value.isFinite
      else { return nil }
      return value
    default: return nil
    }
  }
}
