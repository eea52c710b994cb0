// JSON text as bytes, appended piece by piece.

extension [UInt8] {
  /// Appends text as it stands.
  mutating func append(_ text: String) { append(contentsOf: text.utf8) }

  /// Appends a JSON string with its quotes.
  mutating func append(jsonText text: String) {
    append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""): append(contentsOf: [UInt8(ascii: "\\"), UInt8(ascii: "\"")])
      case UInt8(ascii: "\\"): append(contentsOf: [UInt8(ascii: "\\"), UInt8(ascii: "\\")])
      case UInt8(ascii: "\n"): append(contentsOf: [UInt8(ascii: "\\"), UInt8(ascii: "n")])
      case UInt8(ascii: "\t"): append(contentsOf: [UInt8(ascii: "\\"), UInt8(ascii: "t")])
      case 0..<32:
        append(contentsOf: [UInt8(ascii: "\\"), UInt8(ascii: "u")])
        append(hex: UInt64(byte), digits: 4)
      default: append(byte)
      }
    }
    append(UInt8(ascii: "\""))
  }

  /// Appends the last `digits` hex digits of a number.
  mutating func append(hex value: UInt64, digits: Int = 16) {
    for place in stride(from: UInt64(digits * 4 - 4), through: 0, by: -4) {
      let digit = UInt8(truncatingIfNeeded: value >> place & 15)
      append(digit < 10 ? 48 + digit : 87 + digit)
      if place == 0 { break }
    }
  }

  /// Appends a number in decimal digits.
  mutating func append(decimal value: Int64) {
    if value < 0 { append(UInt8(ascii: "-")) }
    var rest = value.magnitude
    let first = count
    repeat {
      append(48 + UInt8(truncatingIfNeeded: rest % 10))
      rest /= 10
    } while rest > 0
    self[first...].reverse()
  }
}

/// Compact JSON with line breaks and two spaces a level, as a person would ask for it.
///
/// - Precondition: `compact` is JSON.
func prettyJSON(_ compact: [UInt8]) -> [UInt8] {
  var pretty: [UInt8] = []
  pretty.reserveCapacity(compact.count * 2)
  var depth = 0
  var isInText = false
  var isEscaped = false
  func newLine(_ depth: Int) -> [UInt8] { [10] + [UInt8](repeating: 32, count: depth * 2) }
  for byte in compact {
    if isInText {
      pretty.append(byte)
      if isEscaped {
        isEscaped = false
      } else if byte == UInt8(ascii: "\\") {
        isEscaped = true
      } else if byte == UInt8(ascii: "\"") {
        isInText = false
      }
      continue
    }
    switch byte {
    case UInt8(ascii: "\""):
      isInText = true
      pretty.append(byte)
    case UInt8(ascii: "{"), UInt8(ascii: "["):
      depth += 1
      pretty.append(byte)
      pretty.append(contentsOf: newLine(depth))
    case UInt8(ascii: "}"), UInt8(ascii: "]"):
      depth -= 1
      pretty.append(contentsOf: newLine(depth))
      pretty.append(byte)
    case UInt8(ascii: ","):
      pretty.append(byte)
      pretty.append(contentsOf: newLine(depth))
    case UInt8(ascii: ":"):
      pretty.append(byte)
      pretty.append(32)
    case 9, 10, 13, 32: break
    default: pretty.append(byte)
    }
  }
  return pretty
}
