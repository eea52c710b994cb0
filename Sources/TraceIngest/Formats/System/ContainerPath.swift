import TraceModel

/// What the path of a container's log says of the container (formats/logs.md 5).
///
///     /var/log/pods/<namespace>_<pod>_<uid>/<container>/<n>.log
///     /var/log/containers/<pod>_<namespace>_<container>-<64 hex>.log
///     /var/lib/docker/containers/<64 hex>/<64 hex>-json.log
struct ContainerPath: Sendable {
  /// Empty where the path does not say.
  var namespace = ""
  /// Empty where the path does not say.
  var pod = ""
  /// The pod's uid.
  var uid = ""
  /// The container's name.
  var container = ""
  /// The container's id, 64 hex digits.
  var containerID = ""

  /// What a path says.
  init(_ path: String) {
    let parts = path.split(separator: "/").map(String.init)
    guard let file = parts.last else { return }
    if parts.count >= 3, takePodFolder(parts[parts.count - 3]) {
      container = parts[parts.count - 2]
      return
    }
    var stem = file
    for suffix in [".gz", ".zst"] where stem.hasSuffix(suffix) { stem.removeLast(suffix.count) }
    if let dot = stem.range(ofLast: ".log") { stem = String(stem[..<dot]) }
    let fields = stem.split(separator: "_", omittingEmptySubsequences: false).map(String.init)
    if fields.count == 3, let dash = fields[2].lastIndex(of: "-"),
      isID(fields[2][fields[2].index(after: dash)...])
    {
      (pod, namespace) = (fields[0], fields[1])
      container = String(fields[2][..<dash])
      containerID = String(fields[2][fields[2].index(after: dash)...])
      return
    }
    if stem.hasSuffix("-json") { stem.removeLast(5) }
    if isID(stem[...]) {
      containerID = stem
    } else if parts.count >= 2, isID(parts[parts.count - 2][...]) {
      containerID = parts[parts.count - 2]
    } else if file.contains("-json.log") {
      container = stem
    }
  }

  /// `<namespace>_<pod>_<uid>`: whether it is one.
  private mutating func takePodFolder(_ folder: String) -> Bool {
    let fields = folder.split(separator: "_", omittingEmptySubsequences: false).map(String.init)
    guard fields.count == 3, fields[2].count >= 32, !fields[1].isEmpty else { return false }
    (namespace, pod, uid) = (fields[0], fields[1], fields[2])
    return true
  }

  private func isID(_ text: Substring) -> Bool {
    text.utf8.count == 64
      && text.utf8.allSatisfy { $0 &- 0x30 < 10 || ($0 | 0x20) &- 0x61 < 6 }
  }

  /// The stream of one of the container's outputs.
  ///
  /// - Parameter output: `stdout` or `stderr`, empty where it is not told.
  func stream(_ output: String) -> LogStream {
    var stream = LogStream.ofPod(pod, namespace: namespace, container: container)
    if stream.service.isEmpty { stream.service = container }
    if stream.instance.isEmpty {
      stream.instance = containerID.isEmpty ? container : String(containerID.prefix(12))
    }
    if !uid.isEmpty { stream.attributes.append(("k8s.pod.uid", uid)) }
    if !containerID.isEmpty { stream.attributes.append(("container.id", containerID)) }
    if !output.isEmpty { stream.attributes.append(("log.iostream", output)) }
    return stream
  }
}

extension LogStream {
  /// The stream of a pod's container; parts that are not known are empty.
  static func ofPod(_ pod: String, namespace: String, container: String) -> LogStream {
    var stream = LogStream()
    guard !pod.isEmpty else { return stream }
    stream.service = workload(ofPod: pod)
    stream.instance = container.isEmpty ? pod : "\(pod)/\(container)"
    if !namespace.isEmpty { stream.attributes.append(("k8s.namespace.name", namespace)) }
    stream.attributes.append(("k8s.pod.name", pod))
    if !container.isEmpty { stream.attributes.append(("k8s.container.name", container)) }
    return stream
  }

  /// The name of the deployment, stateful set, daemon set or job that made a pod: the pod's name without hashes and ordinal.
  ///
  /// - Source: Kubernetes, apimachinery `util/rand`: hashes have no vowels, no `0`, `1`, `3` and no letter like them.
  static func workload(ofPod pod: String) -> String {
    var parts = pod.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count > 1, let last = parts.last, !last.isEmpty else { return pod }
    if last.utf8.allSatisfy({ $0 &- 0x30 < 10 }), last.utf8.count <= 4 {
      return parts.dropLast().joined(separator: "-")
    }
    guard last.utf8.count == 5, isHash(last) else { return pod }
    parts.removeLast()
    if parts.count > 1, let set = parts.last, (8...10).contains(set.utf8.count), isHash(set) {
      parts.removeLast()
    }
    return parts.joined(separator: "-")
  }

  private static func isHash(_ text: Substring) -> Bool {
    text.utf8.allSatisfy { hashBytes.contains($0) }
  }

  private static let hashBytes = Set("bcdfghjklmnpqrstvwxz2456789".utf8)
}

extension String {
  /// Where a text occurs last.
  fileprivate func range(ofLast text: String) -> String.Index? {
    var found: String.Index?
    var index = startIndex
    while index < endIndex {
      if self[index...].hasPrefix(text) { found = index }
      index = self.index(after: index)
    }
    return found
  }
}
