import TraceModel

/// A version or a host from which the errors of a cause come, though others did the same work.
struct Sender {
  /// `version 3.12.0`, `host node-c`.
  var name: String
  /// How often it failed, how often the others did, and since when it is there.
  var sentence: String
}

extension Evaluation {
  /// What stands out among those who sent the origins of a cause; the version first, empty where nothing does.
  ///
  /// A version or a host stands out if it sent at least nine tenths of the origins, of five or more, and at most eight
  /// tenths of all spans of the operations in which they begin.
  func senders(_ cause: ErrorCause) -> [Sender] {
    let versions = standingOut(cause, "version") { symbols[$0.version] }
    let hosts = standingOut(cause, "host") { symbols[$0.host] }
    return [versions, hosts].compactMap { $0 }
  }

  private func standingOut(
    _ cause: ErrorCause, _ what: String, by name: (Resource) -> String
  ) -> Sender? {
    let resources = investigation.resources
    var origins: [String: Int] = [:]
    var services: Set<Symbol> = []
    for group in cause.groups {
      for (resource, count) in investigation.errors.groups[group].senders {
        origins[name(resources[Int(resource)]), default: 0] += count
        services.insert(resources[Int(resource)].service)
      }
    }
    var spans: [String: Int] = [:]
    let operations = Set(cause.groups.map { investigation.errors.keys[$0].operation })
    for (resource, count) in investigation.senders.spans(of: operations) {
      spans[name(resources[Int(resource)]), default: 0] += count
    }
    let failed = origins.values.reduce(0, +)
    let all = spans.values.reduce(0, +)
    let most = origins.max { a, b in a.value != b.value ? a.value < b.value : a.key > b.key }
    guard let most, !most.key.isEmpty, let own = spans[most.key], services.count == 1,
      let service = services.first, failed >= 5, most.value * 10 >= failed * 9, own * 10 <= all * 8
    else { return nil }
    var sentence =
      "\(what) \(shortName(most.key)) of \(shortName(symbols[service])) failed in \(grouped(most.value)) "
      + "of \(grouped(own)) cases, all others in \(grouped(failed - most.value)) of \(grouped(all - own))"
    let first = resources.indices
      .filter { resources[$0].service == service && name(resources[$0]) == most.key }
      .compactMap { investigation.senders.firstSeen[$0] }.min()
    // What was there from the first twentieth of the data on may have been there before.
    if let first, let begin = investigation.first, let end = investigation.last,
      first - begin > (end - begin) / 20
    {
      sentence += "; it was first seen at \(timeText(first))"
    }
    return Sender(name: "\(what) \(shortName(most.key))", sentence: sentence)
  }
}
