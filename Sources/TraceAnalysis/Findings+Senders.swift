import TraceModel

/// Whether the errors of a cause come from one version or one host of their service, though others were at work too.
extension Evaluation {
  /// One sentence for each of version and host that stands out; empty where none does.
  ///
  /// One stands out if it sent at least nine tenths of the origins, and at most eight tenths of the service's spans.
  func senderSentences(_ cause: ErrorCause) -> [String] {
    var origins: [Int32: Int] = [:]
    for group in cause.groups {
      for (resource, count) in investigation.errors.groups[group].senders {
        origins[resource, default: 0] += count
      }
    }
    let versions = standingOut(origins) { symbols[$0.version] }
    let hosts = standingOut(origins) { symbols[$0.host] }
    return [versions.map { "version \($0)" }, hosts.map { "host \($0)" }].compactMap { $0 }
  }

  private func standingOut(
    _ origins: [Int32: Int], by name: (Resource) -> String
  ) -> String? {
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
    return
      "\(shortName(most.key)) sent \(which) of these errors, and \(percentText(share, of: total)) "
      + "of the spans of \(shortName(symbols[service]))"
  }
}
