/// Finds what looks like a credential in text of the input and masks it (design.md 10).
///
/// What is masked: the value behind a telling key (`Authorization: …`, `password=…`, `"api_key": "…"`, `PASSWORD%3D…`),
/// signatures and keys of a query (`?sig=…`), what follows an option (`--token …`, `mysql -p…`), `Bearer …` and
/// `Basic …`, JSON web tokens, AWS access keys, keys of well-known shape (`ghp_…`, `sk_live_…`, `xoxb-…`), web hooks,
/// private key blocks, and the secret part of `scheme://user:password@host`. Trace ids, UUIDs, hashes and plain words
/// stay: no rule goes by randomness alone.
package struct Secrets {
  /// What stands in place of a masked value.
  package static let mask = "[masked]"

  /// Nothing masked so far.
  package init() {}

  /// How many values were masked so far.
  package private(set) var count = 0

  /// An attribute's value, in the light of its key.
  package mutating func masked(_ value: String, key: String) -> String {
    if Secrets.isTelling(Array(key.utf8)), !value.isEmpty, value != Secrets.mask {
      count += 1
      return Secrets.mask
    }
    return masked(value)
  }

  /// Text with all credentials in it masked.
  ///
  /// - Complexity: O(*n*) for *n* bytes.
  package mutating func masked(_ text: String) -> String {
    var scanner = SecretScanner(Array(text.utf8))
    scanner.scan()
    if scanner.found.isEmpty { return text }
    count += scanner.found.count
    return scanner.masked
  }

  /// Whether a key says that its value is a credential: `password`, `x-api-key`, `http.request.header.authorization`.
  static func isTelling(_ key: some Collection<UInt8>) -> Bool {
    // Words of the key, at `.`, `-`, `_` and where lower case turns into upper case.
    var words: [[UInt8]] = [[]]
    var previous: UInt8 = 0
    for byte in key.suffix(120) {
      let isUpper = (65...90).contains(byte)
      let isLetter = isUpper || (97...122).contains(byte) || (48...57).contains(byte)
      if !isLetter || (isUpper && (97...122).contains(previous)) { words.append([]) }
      if isLetter { words[words.count - 1].append(isUpper ? byte + 32 : byte) }
      previous = byte
    }
    let named = words.filter { !$0.isEmpty }.map { String(decoding: $0, as: UTF8.self) }
    guard var last = named.last else { return false }
    while let end = last.utf8.last, (48...57).contains(end) { last.removeLast() }
    let pair = named.suffix(2).joined()
    // Each of the cookies that a sender lists one by one.
    return single.contains(last) || named.contains("cookies") || double.contains(pair)
      || double.contains(named.suffix(3).joined())
      || endings.contains { last.hasSuffix($0) }
  }

  /// Whether a text may be the key of a credential: one word of a key's letters that tells.
  static func isTellingKey(_ text: String) -> Bool {
    text.utf8.count <= 120 && isTelling(Array(text.utf8))
      && text.utf8.allSatisfy {
        (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0)
          || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: ".")
      }
  }

  private static let endings = ["password", "passwd", "secret", "token", "apikey"]

  private static let single: Set<String> = [
    "authorization", "cookie", "cookies", "password", "passwd", "pwd", "passphrase", "secret",
    "secrets", "token", "apikey", "accesskey", "secretkey", "privatekey", "credential",
    "credentials", "accesstoken", "refreshtoken", "idtoken", "authtoken", "sessiontoken",
    "clientsecret", "jwt", "csrftoken", "xsrftoken", "sessionid", "jsessionid", "phpsessid",
  ]
  private static let double: Set<String> = [
    "setcookie", "apikey", "accesskey", "secretkey", "privatekey", "secretaccesskey", "authkey",
    "signingkey", "encryptionkey", "clientsecret", "sessionkey", "xamzsignature",
    "xamzsecuritytoken", "xamzcredential", "awsaccesskeyid", "googsignature", "googcredential",
    "accountkey", "masterkey", "sharedkey", "subscriptionkey", "functionskey", "rediscliauth",
  ]
}

/// Text of the input on one line of a screen: credentials masked, control and bidirectional characters made visible.
///
/// For headlines, file names and error texts that are printed outside a report.
///
/// - Parameter showSecrets: leaves credentials as they stand.
/// - Complexity: linear in the text.
public func harmless(_ text: String, showSecrets: Bool = false) -> String {
  visible(showSecrets ? text : maskedText(text).text)
}

/// Text with credentials masked and nothing else changed.
///
/// - Returns: the text, and how many values were masked in it.
/// - Complexity: linear in the text.
public func maskedText(_ text: String) -> (text: String, count: Int) {
  var secrets = Secrets()
  let shown = secrets.masked(text)
  return (shown, secrets.count)
}

/// The value of an attribute, row or header with credentials masked, in the light of its key.
///
/// - Returns: the text, and how many values were masked in it.
/// - Complexity: linear in both.
public func maskedText(_ text: String, key: String) -> (text: String, count: Int) {
  var secrets = Secrets()
  let shown = secrets.masked(text, key: key)
  return (shown, secrets.count)
}
