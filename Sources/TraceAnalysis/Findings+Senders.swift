import TraceModel

/// Whether the errors of a cause come from one version or one host of their service, though others were at work too.
extension Evaluation {
  /// What stands out, as `version 3.12.0` or `host node-c`, with a sentence about it; the version first.
  ///
  /// One stands out if it sent at least nine tenths of the origins, and at most eight tenths of the service's spans.
  func senders(_ cause: ErrorCause) -> [(name: String, sentence: String)] {
    var origins: [Int32: Int] = [:]
    for group in cause.groups {
      for (resource, count) in investigation.errors.groups[group].senders {
        origins[resource, default: 0] += count
      }
    }
    let versions = standingOut(origins) { symbols[$0.version] }
    let hosts = standingOut(origins) { symbols[$0.host] }
    let found = [("version", versions), ("host", hosts)]
    return found.compactMap { what, sender in
      sender.map { (name: "\(what) \($0.name)", sentence: "\(what) \($0.name) \($0.share)") }
    }
  }

  private func standingOut(
    _ origins: [Int32: Int], by name: (Resource) -> String
  ) -> (name: String, share: String)? {
    let all = origins.values.reduce(0, +)
    let services = Set(origins.keys.map { investigation.resources[Int($0)].service })
    guard all >= 5, services.count == 1, let service = services.first else { return nil }
    var errors: [String: Int] = [:]
    for (resource, count) in origins {
      errors[name(investigation.resources[Int(resource)]), default: 0] += count
    }
    var spans: [String: Int] = [:]
    for (index, resource) in investigation.resources.enumerated() where resource.service == service
    {
      spans[name(resource), default: 0] += investigation.spansBySender[index]
    }
    let most = errors.max { a, b in a.value != b.value ? a.value < b.value : a.key > b.key }
    guard let most, !most.key.isEmpty, let share = spans[most.key] else { return nil }
    let total = spans.values.reduce(0, +)
    guard most.value * 10 >= all * 9, share * 10 <= total * 8 else { return nil }
    let which = most.value == all ? "all \(all)" : "\(most.value) of \(all)"
    let part =
      "sent \(which) of these errors, and \(percentText(share, of: total)) of the spans of "
    return (shortName(most.key), part + shortName(symbols[service]))
  }
}
