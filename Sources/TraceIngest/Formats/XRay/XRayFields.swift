/// Where the members of a segment or subsegment stand on the tape; 0 where they are missing or null.
///
/// - Source: AWS X-Ray developer guide, "X-Ray segment documents"; formats/traces.md 2.2.
struct XRayFields {
  /// A known member.
  enum Field: Int, CaseIterable {
    case name, id, traceID, parentID, type, startTime, endTime, inProgress, subsegments, namespace
    case origin, resourceARN, inferred, service, user, http, error, fault, throttle, cause
    case annotations, metadata, aws, sql, precursors, links, traced

    var key: StaticString {
      switch self {
      case .name: "name"
      case .id: "id"
      case .traceID: "trace_id"
      case .parentID: "parent_id"
      case .type: "type"
      case .startTime: "start_time"
      case .endTime: "end_time"
      case .inProgress: "in_progress"
      case .subsegments: "subsegments"
      case .namespace: "namespace"
      case .origin: "origin"
      case .resourceARN: "resource_arn"
      case .inferred: "inferred"
      case .service: "service"
      case .user: "user"
      case .http: "http"
      case .error: "error"
      case .fault: "fault"
      case .throttle: "throttle"
      case .cause: "cause"
      case .annotations: "annotations"
      case .metadata: "metadata"
      case .aws: "aws"
      case .sql: "sql"
      case .precursors: "precursor_ids"
      case .links: "links"
      case .traced: "traced"
      }
    }
  }

  /// The (sub)segment itself.
  let object: Int
  private var found = [Int32](repeating: 0, count: Field.allCases.count)
  /// Values under other keys.
  private(set) var others: [Int] = []

  init(_ tape: JSONTape, _ object: Int) {
    self.object = object
    for (key, value) in JSONMembers(tape, object) {
      guard let field = Field.allCases.first(where: { key.equals($0.key) }) else {
        others.append(value)
        continue
      }
      let isNull = tape.tag(value) == JSONTape.Tag.null
      found[field.rawValue] = isNull ? 0 : Int32(truncatingIfNeeded: value)
    }
  }

  /// Index of a member's value.
  subscript(field: Field) -> Int { Int(found[field.rawValue]) }

  /// Whether a member is the word true.
  func isTrue(_ field: Field, _ tape: JSONTape) -> Bool {
    tape.tag(self[field]) == JSONTape.Tag.yes
  }
}
