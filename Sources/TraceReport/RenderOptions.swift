/// What a reader wants of a report beside the findings themselves.
public struct RenderOptions: Sendable {
  /// Whether passwords, tokens and keys are printed as they stand; they are masked otherwise.
  public var showSecrets: Bool
  /// Name of the report; empty: `Incident report`.
  public var title: String
  /// What commands name as their input: a store, files or folders; none: `FILES`.
  public var inputs: [String]

  /// Options of their parts.
  public init(showSecrets: Bool = false, title: String = "", inputs: [String] = []) {
    self.showSecrets = showSecrets
    self.title = title
    self.inputs = inputs
  }

  /// The report's name.
  var shownTitle: String { title.isEmpty ? "Incident report" : title }

  /// A command line of the program about the report's input.
  ///
  /// - Parameters:
  ///   - verb: the command, with options that come before the input.
  ///   - argument: what follows the input; quoted where a shell would read more than a word in it.
  package func command(_ verb: String, _ argument: String = "") -> String {
    let place = inputs.isEmpty ? "FILES" : inputs.map(shellWord).joined(separator: " ")
    return argument.isEmpty
      ? "culprit \(verb) \(place)" : "culprit \(verb) \(place) \(shellWord(argument))"
  }

  /// A command line that shows so many rows of a table.
  func command(_ verb: String, rows: Int, selection: String = "") -> String {
    let which = selection.isEmpty || selection == "all" ? "" : " --selection \(selection)"
    return command(verb) + which + " -n \(rows)"
  }
}

/// A word as a POSIX shell reads it back: itself where it is harmless, else in single quotes.
package func shellWord(_ word: String) -> String {
  let harmless = word.utf8.allSatisfy { byte in
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"),
      UInt8(ascii: "."), UInt8(ascii: "/"), UInt8(ascii: ":"), UInt8(ascii: "@"),
      UInt8(ascii: "="), UInt8(ascii: "+"), UInt8(ascii: ","):
      true
    default: false
    }
  }
  if harmless, !word.isEmpty { return word }
  var quoted = "'"
  for character in word.unicodeScalars {
    if character == "'" { quoted += "'\\''" } else { quoted.unicodeScalars.append(character) }
  }
  return quoted + "'"
}
