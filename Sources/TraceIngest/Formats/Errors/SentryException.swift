import TraceModel

/// Exceptions of Sentry's events: values run root cause first, frames oldest first; our model has both the other way round.
extension Decoder {
  /// The exception of an event; nil where it has none.
  mutating func sentryException(_ tape: JSONTape, _ event: Int) -> ExceptionRecord? {
    let values = exceptionValues(tape, event)
    guard !values.isEmpty else { return nil }
    let language = languageName(words(tape, event, of: ["platform"]))
    var parts: [ExceptionPart] = []
    var saysInApp = false
    for value in values.reversed() {
      var part = ExceptionPart(
        type: words(tape, value, of: ["type"]).string,
        message: words(tape, value, of: ["value"]).string)
      // The module stands apart: `json.decoder` and `JSONDecodeError`.
      let module = words(tape, value, of: ["module"]).string
      if !module.isEmpty, module != "__main__", module != "builtins",
        language == "java" || language == "dotnet"
      {
        part.type = "\(module).\(part.type)"
      }
      let stack = member(tape, value, of: ["stacktrace", "rawStacktrace", "raw_stacktrace"])
      part.frames = sentryFrames(tape, member(tape, stack, "frames"), language, &saysInApp)
      // Python's library gives the causes of a group's members the group as parent: they go with what is before them.
      let source = words(tape, member(tape, value, "mechanism"), of: ["source"])
      let isMember = source.starts(with: "exceptions[")
      part.isAside = isMember ? !source.equals("exceptions[0]") : parts.last?.isAside ?? false
      parts.append(part)
    }
    let rest = parts.dropFirst()
    var record = ExceptionRecord(
      language: language,
      parts: parts.prefix(1) + rest.filter(\.isAside) + rest.filter { !$0.isAside })
    if !saysInApp { record.markInApp() }
    return record
  }

  /// `exception.values`, `exception` itself as a list or one value, or the entry of the Web API; at most 64.
  private func exceptionValues(_ tape: JSONTape, _ event: Int) -> [Int] {
    let exception = member(tape, event, "exception")
    var list = member(tape, exception, "values")
    if list == 0, tape.tag(exception) == JSONTape.Tag.array { list = exception }
    if list == 0 {
      for entry in JSONElements(tape, member(tape, event, "entries")) {
        guard tape.text(member(tape, entry, "type"))?.equals("exception") == true else { continue }
        list = member(tape, member(tape, entry, "data"), "values")
      }
    }
    if list == 0, member(tape, exception, of: ["type", "value"]) != 0 { return [exception] }
    let values = JSONElements(tape, list).filter { tape.tag($0) == JSONTape.Tag.object }
    return Array(values.suffix(64))
  }

  /// Frames newest first.
  private func sentryFrames(
    _ tape: JSONTape, _ list: Int, _ language: String, _ saysInApp: inout Bool
  ) -> [StackFrame] {
    var frames: [StackFrame] = []
    for frame in JSONElements(tape, list) where frames.count < 2048 {
      let module = words(tape, frame, of: ["module", "package"]).string
      var function = words(tape, frame, of: ["function", "raw_function", "rawFunction"]).string
      if !module.isEmpty, language == "java" || language == "dotnet" {
        function = "\(module).\(function)"
      }
      var read = StackFrame(
        function: function,
        file: words(tape, frame, of: ["abs_path", "absPath", "filename"]).string,
        line: lineNumber(tape, member(tape, frame, of: ["lineno", "lineNo"])),
        module: language == "java" || language == "dotnet" ? "" : module)
      switch tape.tag(member(tape, frame, of: ["in_app", "inApp"])) {
      case JSONTape.Tag.yes: saysInApp = true
      case JSONTape.Tag.no:
        saysInApp = true
        read.isInApp = false
      // A library that marks its frames marks the application's own; without any marks the rules decide.
      default: read.isInApp = read.isOwnCode(language: language)
      }
      frames.append(read)
    }
    return frames.reversed()
  }
}
