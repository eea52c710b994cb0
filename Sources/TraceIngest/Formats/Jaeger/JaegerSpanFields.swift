/// Where the fields of one Jaeger span stand on the tape; 0 where they are missing or null.
///
/// camelCase is the UI's and the storage's, snake_case that of the model and of Cassandra's tables.
struct JaegerSpanFields {
  var trace = 0
  var span = 0
  var parent = 0
  var name = 0
  var references = 0
  var flags = 0
  var start = 0
  var startMillis = 0
  var duration = 0
  var tags = 0
  /// Tags as members of an object, dots written as `@`.
  var tag = 0
  var logs = 0
  var process = 0
  var processID = 0
  var warnings = 0
  var hasUnknown = false

  init(_ tape: JSONTape, _ span: Int) {
    var (i, end) = tape.inside(span)
    while i + 1 < end {
      if let key = tape.text(i), tape.tag(i + 1) != JSONTape.Tag.null, !note(key, i + 1) {
        hasUnknown = true
      }
      i = tape.after(i + 1)
    }
  }

  /// Notes a field; false where the key is none of a span's.
  mutating func note(_ key: Bytes, _ value: Int) -> Bool {
    switch key.count {
    case 3: if key.equals("tag") { tag = value } else { return false }
    case 4:
      if key.equals("tags") {
        tags = value
      } else if key.equals("logs") {
        logs = value
      } else if key.equals("refs") {
        references = value
      } else {
        return false
      }
    case 5: if key.equals("flags") { flags = value } else { return key.equals("depth") }
    case 6: if key.equals("spanID") || key.equals("spanId") { span = value } else { return false }
    case 7:
      if key.equals("traceID") || key.equals("traceId") {
        trace = value
      } else if key.equals("span_id") {
        span = value
      } else if key.equals("process") {
        process = value
      } else {
        return false
      }
    case 8:
      if key.equals("duration") {
        duration = value
      } else if key.equals("warnings") {
        warnings = value
      } else if key.equals("trace_id") {
        trace = value
      } else {
        return false
      }
    case 9:
      if key.equals("startTime") {
        start = value
      } else if key.equals("processID") || key.equals("processId") {
        processID = value
      } else if key.equals("parent_id") {
        parent = value
      } else {
        return false
      }
    case 10:
      if key.equals("references") {
        references = value
      } else if key.equals("start_time") {
        start = value
      } else if key.equals("process_id") {
        processID = value
      } else {
        return false
      }
    default: return noteRare(key, value)
    }
    return true
  }

  private mutating func noteRare(_ key: Bytes, _ value: Int) -> Bool {
    if key.equals("operationName") || key.equals("operation_name") {
      name = value
    } else if key.equals("parentSpanID") || key.equals("parentSpanId")
      || key.equals("parent_span_id")
    {
      parent = value
    } else if key.equals("startTimeMillis") {
      startMillis = value
    } else {
      // What the UI adds when it draws a trace.
      return key.equals("hasChildren") || key.equals("childSpanIds")
        || key.equals("relativeStartTime") || key.equals("subsidiarilyReferencedBy")
    }
    return true
  }
}

/// One reference of a span.
struct JaegerReference {
  /// Whether it is CHILD_OF, which is also what a missing kind means.
  var isChild = true
  /// Whether it is FOLLOWS_FROM.
  var isFollower = false
  var trace = 0
  var span = 0

  init(_ tape: JSONTape, _ reference: Int) {
    for (key, value) in JSONMembers(tape, reference) where tape.tag(value) != JSONTape.Tag.null {
      if key.equals("refType") || key.equals("ref_type") {
        if let words = tape.text(value) {
          isChild = words.equals("CHILD_OF") || words.equals("child-of")
          isFollower = words.equals("FOLLOWS_FROM") || words.equals("follows-from")
        } else {
          let number = wholeNumber(tape, value)
          isChild = number == 0
          isFollower = number == 1
        }
      } else if key.equals("traceID") || key.equals("trace_id") || key.equals("traceId") {
        trace = value
      } else if key.equals("spanID") || key.equals("span_id") || key.equals("spanId") {
        span = value
      }
    }
  }
}

/// One tag, or one field of a log.
struct JaegerTag {
  /// The types by their numbers in the model.
  enum Kind: Int {
    case string, bool, int, float, binary
  }

  var key: Bytes?
  /// Where the type stands; 0: nowhere.
  private var type = 0
  /// Where the value stands; 0: nowhere, it is that of a type whose plainest value the model leaves out.
  var value = 0

  @inline(__always) init(_ tape: JSONTape, _ tag: Int) {
    // The UI's form, every part where it always is.
    let (first, end) = tape.tag(tag) == JSONTape.Tag.object ? tape.inside(tag) : (0, 0)
    if end &- first >= 6, let key = tape.text(first &+ 1), tape.text(first &+ 3) != nil,
      tape.text(first)?.equals("key") == true, tape.text(first &+ 2)?.equals("type") == true,
      tape.text(first &+ 4)?.equals("value") == true, tape.after(first &+ 5) == end
    {
      self.key = key
      type = first &+ 3
      value = first &+ 5
      return
    }
    self = JaegerTag(anyForm: tag, tape)
  }

  private init(anyForm tag: Int, _ tape: JSONTape) {
    // The model has a field for each type, of which the others are empty or missing.
    var typed = (0, 0, 0, 0, 0)
    for (name, value) in JSONMembers(tape, tag) {
      switch name.count {
      case 3 where name.equals("key"): key = tape.text(value)
      case 4 where name.equals("type"): type = value
      case 5 where name.equals("value"): self.value = value
      case 5 where name.equals("vType"): type = value
      case 6 where name.equals("v_type"): type = value
      case 10 where name.equals("value_type"): type = value
      default:
        if tape.tag(value) == JSONTape.Tag.null { continue }
        if name.equals("v_str") || name.equals("vStr") || name.equals("value_string") {
          typed.0 = value
        } else if name.equals("v_bool") || name.equals("vBool") || name.equals("value_bool") {
          typed.1 = value
        } else if name.equals("v_int64") || name.equals("vInt64") || name.equals("value_long") {
          typed.2 = value
        } else if name.equals("v_float64") || name.equals("vFloat64")
          || name.equals("value_double")
        {
          typed.3 = value
        } else if name.equals("v_binary") || name.equals("vBinary") || name.equals("value_binary") {
          typed.4 = value
        }
      }
    }
    if value != 0 { return }
    switch kind(tape) {
    case .string?: value = typed.0
    case .bool?: value = typed.1
    case .int?: value = typed.2
    case .float?: value = typed.3
    case .binary?: value = typed.4
    case nil:
      value = [typed.0, typed.1, typed.2, typed.3, typed.4].first { $0 != 0 } ?? 0
    }
  }

  /// The type; nil where it is unknown or not said.
  func kind(_ tape: JSONTape) -> Kind? {
    guard let words = tape.text(type) else {
      return wholeNumber(tape, type).flatMap { Kind(rawValue: Int(truncatingIfNeeded: $0)) }
    }
    switch words.count {
    case 6:
      if words.equals("string") || words.equalsIgnoringCase("string") { return .string }
      return words.equalsIgnoringCase("binary") ? .binary : nil
    case 4: return words.equalsIgnoringCase("bool") ? .bool : nil
    case 5: return words.equalsIgnoringCase("int64") ? .int : nil
    case 7: return words.equalsIgnoringCase("float64") ? .float : nil
    default: return nil
    }
  }
}
