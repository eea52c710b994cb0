import Foundation
public import TraceAnalysis

/// Findings as one JSON object: snake_case keys in alphabetical order, `schema_version`, and `masked_values`, the number
/// of credentials that were replaced.
///
/// Shares are rounded to six digits; there is no number that is not finite, and no raw control character: C0, C1 and
/// bidirectional controls are written `\uXXXX`.
///
/// - Parameters:
///   - findings: what was found.
///   - options: only `showSecrets` matters here.
public func renderJSON(_ findings: Findings, options: RenderOptions = RenderOptions()) -> String {
  let (shown, masked) = findings.prepared(showSecrets: options.showSecrets)
  return jsonText(Envelope(findings: shown, masked: masked))
}

/// A value as JSON text of this house; ends with a line feed.
func jsonText(_ value: some Encodable) -> String {
  let encoder = JSONEncoder()
  encoder.keyEncodingStrategy = .convertToSnakeCase
  encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
  encoder.nonConformingFloatEncodingStrategy = .convertToString(
    positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
  // Cannot fail: all values are of plain types, and numbers that are not finite were given a form.
  guard let data = try? encoder.encode(value) else { return "{}\n" }
  return escapedControls(String(decoding: data, as: UTF8.self)) + "\n"
}

private struct Envelope: Encodable {
  var findings: Findings
  var masked: Int

  enum Key: String, CodingKey {
    case maskedValues
  }

  func encode(to encoder: any Encoder) throws {
    try findings.encode(to: encoder)
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(masked, forKey: .maskedValues)
  }
}

/// JSON text with C1 and bidirectional controls, which may stand raw in it, as escapes. They occur within strings only.
private func escapedControls(_ json: String) -> String {
  var result = ""
  result.reserveCapacity(json.utf8.count)
  for scalar in json.unicodeScalars {
    switch scalar.value {
    case 0x7f...0x9f, 0x61c, 0x200b...0x200f, 0x2028...0x202e, 0x2060...0x206f, 0xfeff:
      let digits = String(scalar.value, radix: 16)
      result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result
}

/// One trace as JSON, as it stands among a report's `exemplars`.
public func renderJSON(
  _ exemplar: Findings.ExemplarTrace, options: RenderOptions = RenderOptions()
) -> String {
  var whole = Findings()
  whole.exemplars = [exemplar]
  return jsonText(whole.prepared(showSecrets: options.showSecrets).0.exemplars[0])
}
