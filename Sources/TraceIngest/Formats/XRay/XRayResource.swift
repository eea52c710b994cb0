import TraceModel

/// Who wrote a segment, from its name, origin, `service` and `aws` blocks.
extension Decoder {
  /// The batch's resource row of a segment.
  mutating func segmentResource(
    _ tape: JSONTape, _ fields: XRayFields, _ offset: Int64
  ) -> UInt32 {
    let start = text.count
    objectKeys.start()
    var row = ResourceRow()
    if let name = tape.text(fields[.name]), name.count > 0 {
      putMember("service.name", name)
      row.service = symbol(name)
    } else {
      row.service = batch.symbols.intern("unknown_service")
      batch.defects.count(.missingService, at: offset)
    }
    let origin = tape.text(fields[.origin]) ?? Bytes.none
    if origin.count > 0 || tape.tag(fields[.aws]) == JSONTape.Tag.object {
      if newKey("cloud.provider") { text.put("\"aws\"") }
    }
    if let platform = Self.platforms.first(where: { origin.starts(with: $0.0) }) {
      if newKey("cloud.platform") { text.put(platform.1) }
    }
    putMember("aws.xray.origin", origin)
    if origin.starts(with: "AWS::Lambda") { putMember("faas.name", tape, fields[.name]) }
    putMember("aws.xray.resource_arn", tape, fields[.resourceARN])
    for (key, value) in JSONMembers(tape, fields[.service]) {
      if let known = Self.serviceNames.first(where: { key.equals($0.0) }) {
        putMember(known.1, tape, value)
        if key.equals("version"), let version = tape.text(value) { row.version = symbol(version) }
      } else {
        putMember("aws.xray.service.", key, tape, value)
      }
    }
    for (key, value) in JSONMembers(tape, fields[.aws]) {
      if key.equals("account_id") {
        putMember("cloud.account.id", tape, value)
      } else if key.equals("cloudwatch_logs") {
        logGroups(tape, value)
      } else if let block = Self.blocks.first(where: { key.equals($0.key) }) {
        hostBlock(tape, value, block, &row)
      }
    }
    let language = sdkLanguage(tape, fields)
    if !language.isEmpty, newKey("telemetry.sdk.language") { text.putString(language) }
    row.attributes = endObject(from: start)
    return addResource(row)
  }

  /// The row of a subsegment that stands alone: its segment, and with it its service, is elsewhere.
  mutating func elsewhereResource() -> UInt32 {
    var row = ResourceRow()
    row.service = batch.symbols.intern(Resource.elsewhere)
    return addResource(row)
  }

  /// A block of the host: known members under their names, others under the block's.
  private mutating func hostBlock(
    _ tape: JSONTape, _ object: Int, _ block: HostBlock, _ row: inout ResourceRow
  ) {
    for (key, value) in JSONMembers(tape, object) {
      guard let known = block.names.first(where: { key.equals($0.0) }) else {
        putMember(block.prefix, key, tape, value)
        continue
      }
      putMember(known.1, tape, value)
      guard let name = tape.text(value), name.count > 0 else { continue }
      switch known.2 {
      case .host: row.host = symbol(name)
      case .instance where row.instance.isEmpty: row.instance = symbol(name)
      case .version where row.version.isEmpty: row.version = symbol(name)
      default: break
      }
    }
  }

  private mutating func logGroups(_ tape: JSONTape, _ list: Int) {
    let names: [(StaticString, StaticString)] = [
      ("log_group", "aws.log.group.names"), ("arn", "aws.log.group.arns"),
    ]
    for (member, name) in names {
      let values = JSONElements(tape, list).compactMap { group in
        tape.text(self.member(tape, group) { $0.equals(member) })
      }
      guard !values.isEmpty, newKey(name) else { continue }
      for (place, value) in values.enumerated() {
        text.put(place == 0 ? 0x5b : 0x2c)
        text.putString(value)
      }
      text.put(0x5d)
    }
  }

  /// The language of the SDK's name, `X-Ray for Java`; empty where it names none.
  func sdkLanguage(_ tape: JSONTape, _ fields: XRayFields) -> String {
    let xray = member(tape, fields[.aws]) { $0.equals("xray") }
    guard let sdk = tape.text(member(tape, xray) { $0.equals("sdk") }) else { return "" }
    for (word, language) in Self.languages where sdk.containsIgnoringCase(word) { return language }
    return ""
  }

  private static let languages: [(StaticString, String)] = [
    ("node", "nodejs"), ("java", "java"), ("python", "python"), ("ruby", "ruby"),
    (".net", "dotnet"), ("for go", "go"),
  ]

  private static let platforms: [(StaticString, StaticString)] = [
    ("AWS::EC2", "\"aws_ec2\""), ("AWS::ECS", "\"aws_ecs\""), ("AWS::EKS", "\"aws_eks\""),
    ("AWS::ElasticBeanstalk", "\"aws_elastic_beanstalk\""), ("AWS::Lambda", "\"aws_lambda\""),
    ("AWS::AppRunner", "\"aws_app_runner\""),
  ]

  private static let serviceNames: [(StaticString, StaticString)] = [
    ("version", "service.version"), ("runtime", "process.runtime.name"),
    ("runtime_version", "process.runtime.version"),
  ]

  private static let blocks: [HostBlock] = [
    HostBlock(
      key: "ec2", prefix: "aws.ec2.",
      names: [
        ("instance_id", "host.id", .host), ("availability_zone", "cloud.availability_zone", .none),
        ("instance_size", "host.type", .none), ("ami_id", "host.image.id", .none),
      ]),
    HostBlock(
      key: "ecs", prefix: "aws.ecs.",
      names: [
        ("container", "container.name", .instance), ("container_id", "container.id", .instance),
        ("container_arn", "aws.ecs.container.arn", .none),
        ("task_arn", "aws.ecs.task.arn", .none), ("task_family", "aws.ecs.task.family", .none),
        ("cluster_arn", "aws.ecs.cluster.arn", .none),
        ("launch_type", "aws.ecs.launchtype", .none),
        ("availability_zone", "cloud.availability_zone", .none),
      ]),
    HostBlock(
      key: "eks", prefix: "aws.eks.",
      names: [
        ("pod", "k8s.pod.name", .instance), ("cluster_name", "k8s.cluster.name", .none),
        ("container_id", "container.id", .none),
      ]),
    HostBlock(
      key: "elastic_beanstalk", prefix: "aws.elastic_beanstalk.",
      names: [
        ("environment_name", "service.namespace", .none),
        ("version_label", "service.version", .version),
        ("deployment_id", "service.instance.id", .none),
      ]),
    HostBlock(
      key: "xray", prefix: "aws.xray.",
      names: [
        ("sdk", "telemetry.sdk.name", .none), ("sdk_version", "telemetry.sdk.version", .none),
      ]),
  ]
}

/// A block of a segment's `aws` that speaks of where it ran.
private struct HostBlock {
  /// What a member is for the resource.
  enum Role { case none, host, instance, version }

  let key: StaticString
  /// What members without a name of OpenTelemetry's are called by.
  let prefix: StaticString
  let names: [(StaticString, StaticString, Role)]
}
