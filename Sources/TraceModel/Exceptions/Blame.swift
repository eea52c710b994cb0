extension ExceptionRecord {
  /// The chain without what stands beside it: outermost first, root cause last.
  public var chain: [ExceptionPart] { parts.filter { !$0.isAside } }

  /// Where the blame lies: the newest frame of the root cause that is the application's own and no machinery.
  ///
  /// A cause that was caught inside a library has none of its own; then the part around it is asked, and so on outwards. Where no
  /// part has one, it is the newest frame that is no machinery, of the innermost part that has frames.
  ///
  /// - Returns: nil where no part has a frame.
  /// - Source: formats/logs.md 11, culprit frame.
  public var blamed: StackFrame? {
    let inwards = chain.reversed()
    for part in inwards {
      if let frame = part.frames.first(where: { $0.isInApp && !$0.isMachinery }) { return frame }
    }
    let innermost = inwards.first { !$0.frames.isEmpty }
    return innermost?.frames.first { !$0.isMachinery } ?? innermost?.frames.first
  }

  /// The outermost type; its message where it has no type, and what it is where it has neither.
  public var title: String {
    guard let first = parts.first else { return "exception" }
    if !first.type.isEmpty { return first.type }
    return first.message.isEmpty ? "exception" : first.message
  }
}

extension StackFrame: CustomStringConvertible {
  /// `function (file:line)`, as much of it as is known.
  public var description: String {
    let place = line > 0 && !file.isEmpty ? "\(file):\(line)" : file
    if place.isEmpty { return module.isEmpty ? function : "\(function) in \(module)" }
    return function.isEmpty ? place : "\(function) (\(place))"
  }
}
