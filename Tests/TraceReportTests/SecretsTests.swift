import Foundation
import Testing
import TraceAnalysis
import TraceReport

struct SecretsTests {
  static let jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI0MiJ9.abcDEF123"

  @Test(arguments: [
    ("Authorization: Bearer abc123DEF456", "Authorization: [masked]"),
    ("sent Bearer abc123DEF456 to it", "sent Bearer [masked] to it"),
    ("basic QWxhZGRpbjpvcGVu", "basic [masked]"),
    ("token is \(jwt).", "token is [masked]"),
    ("key AKIAIOSFODNN7EXAMPLE used", "key [masked] used"),
    ("ASIAIOSFODNN7EXAMPLE", "[masked]"),
    ("postgres://app:s3cr3t@db:5432/shop", "postgres://app:[masked]@db:5432/shop"),
    ("amqp://u:p@ss@host/v", "amqp://u:[masked]@host/v"),
    ("login password=hunter2 failed", "login password=[masked] failed"),
    ("GET /v1?api_key=4f3c&limit=10", "GET /v1?api_key=[masked]&limit=10"),
    ("/cb?access_token=abc#frag", "/cb?access_token=[masked]#frag"),
    (#"{"password": "hunter two", "user": "ann"}"#, #"{"password": "[masked]", "user": "ann"}"#),
    (#"{\"apiKey\":\"k-1\"}"#, #"{\"apiKey\":\"[masked]\"}"#),
    ("Set-Cookie: sid=1; Path=/", "Set-Cookie: [masked]"),
    ("client_secret: q9Z-1", "client_secret: [masked]"),
    ("ghp_abcdefghijklmnopqrstuvwx12", "[masked]"),
    ("xoxb-123456789012-abcdefghij", "[masked]"),
    (
      "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----",
      "-----BEGIN RSA PRIVATE KEY-----[masked]-----END RSA PRIVATE KEY-----"
    ),
    ("X-Amz-Signature=fe5f80&X-Amz-Date=2026", "X-Amz-Signature=[masked]&X-Amz-Date=2026"),
    ("/c/b?sv=2024&sig=aB3%2Fx%3D&se=1", "/c/b?sv=2024&sig=[masked]&se=1"),
    ("/o?X-Goog-Signature=09af&x=1", "/o?X-Goog-Signature=[masked]&x=1"),
    ("/cb?code=4%2F0AdQt8qh7&state=x", "/cb?code=[masked]&state=x"),
    ("/maps?key=a1b2c3d4e5&q=x", "/maps?key=[masked]&q=x"),
    ("/p?token=SECRET", "/p?token=[masked]"),
    ("mysql -u root -pswordfish shop", "mysql -u root -p[masked] shop"),
    ("run -pS3cret now", "run -p[masked] now"),
    ("sshpass -p swordfish ssh h", "sshpass -p [masked] ssh h"),
    ("tool --password SECRET --verbose", "tool --password [masked] --verbose"),
    ("tool --token \"two words\" x", "tool --token \"[masked]\" x"),
    ("tool -password hunter2", "tool -password [masked]"),
    ("redis-cli -a swordfish ping", "redis-cli -a [masked] ping"),
    ("curl -u ann:swordfish http://h/", "curl -u ann:[masked] http://h/"),
    ("https://s3cr3ttoken@host/x", "https://[masked]@host/x"),
    ("postgresql://u:a/b@h", "postgresql://u:[masked]@h"),
    ("postgresql://u:a?b#c@h/db?x=y@z", "postgresql://u:[masked]@h/db?x=y@z"),
    (
      "to https://hooks.slack.com/services/T00/B00/xyz failed",
      "to https://hooks.slack.com/services/[masked] failed"
    ),
    ("dop_v1_0123456789abcdef0123", "[masked]"),
    ("glpat-Abcdefgh12", "[masked]"),
    ("cut ghp_abcdefgh12…", "cut [masked]…"),
    ("AccountName=a;AccountKey=aGk+/w==;X=y", "AccountName=a;AccountKey=[masked];X=y"),
    (
      "Digest username=\"u\", response=\"6629fae49393a05397450978507c4ef1\"",
      "Digest username=\"u\", response=\"[masked]\""
    ),
    ("a=1%26PASSWORD%3Dhunter2%26b%3D2", "a=1%26PASSWORD%3D[masked]%26b%3D2"),
    ("%22password%22%3A%22a%20b%22%7D", "%22password%22%3A%22[masked]%22%7D"),
    ("with api-key 4f3c9a1b2d sent", "with api-key [masked] sent"),
    ("x-api-key: swordfish", "x-api-key: [masked]"),
    ("ALTER USER app WITH PASSWORD 'two words'", "ALTER USER app WITH PASSWORD '[masked]'"),
    ("create user a identified by \"s\" x", "create user a identified by \"[masked]\" x"),
    ("set password ('cut of", "set password ('[masked]"),
    ("password: swordfish", "password: [masked]"),
    ("session=4f3c9a1b; x", "session=[masked]; x"),
    ("GET /?sessionid=abc", "GET /?sessionid=[masked]"),
    ("connect.sid=s%3Aab12cd34", "connect.sid=[masked]"),
    ("{:password=>\"x\"}", "{:password=>\"[masked]\"}"),
    ("\"x-api-key\":[\"abc\"]", "\"x-api-key\":[\"[masked]\"]"),
    ("password=a,b", "password=[masked]"), ("PGPASSWORD=x psql", "PGPASSWORD=[masked] psql"),
    ("<password>x y</password>", "<password>[masked]</password>"),
    (
      "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkq",
      "-----BEGIN PRIVATE KEY-----[masked]"
    ),
    ("cut: AbCd/12+\nqqqq==\n-----END PRIVATE KEY-----", "cut:[masked]-----END PRIVATE KEY-----"),
    ("body MIIEpAIBAAKCAQEAabc+/\nxyz", "body [masked]"),
  ])
  func `a credential is masked and its surroundings stay`(_ text: String, _ expected: String) {
    var secrets = Secrets()
    #expect(secrets.masked(text) == expected)
    #expect(secrets.count == 1)
    #expect(secrets.masked(expected) == expected)
    #expect(secrets.count == 1, "masking twice masks nothing more")
  }

  @Test(arguments: [
    "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7", "1-5759e988-bd862e3fe1be46a994272793",
    "6ba7b810-9dad-11d1-80b4-00c04fd430c8",
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "the token: expected one of GET, PUT", "bearer of bad news", "basic authentication failed",
    "keyboard=qwertz", "monkey=1", "tokenizer=bpe", "max_tokens=4096", "password reset sent",
    "https://shop.example:8443/a?b=c", "http://user@host/path", "SELECT * FROM users WHERE id = 7",
    "POST /api/password", "secretary=ann", "GET /api/token", "skewed", "AKIA is a prefix",
    "key: value", "partition_key=orders", "cache-key=abc", "sort.key: 17", "eyJ is how JWTs begin",
    "option --password is required", "use --token-file /run/t", "the --token option",
    "-print -path",
    "docker run -p8080:80 -port 3", "mkdir -p /srv/data1", "?key=orders&code=404",
    "code=E1234567890",
    "method signature: foo", "session=closed", "session.id=17", "auth=none", "auth=oauth2",
    "response=\"ok\"",
    "http://host:8080/users/ann@example.com", "https://deploy-user@host/x", "password: required",
    "api-key missing", "npm_config_registry_address", "git@host:a/b", "mailto:a@b", "sid=7",
    "<token>", "a > b", "https://hooks.slack.com/", "response=4bf92f3577b34da6a3ce929d0e0e4736",
    "-----BEGIN CERTIFICATE-----\nMIIDdzCC\n-----END CERTIFICATE-----", "100%3D", "id%3D17",
    "time=10:07:03 level=warn", "unexpected token '}' in JSON", "::1", "a:b@c", "",
  ])
  func `ids, hashes and plain words stay`(_ text: String) {
    var secrets = Secrets()
    #expect(secrets.masked(text) == text)
    #expect(secrets.count == 0)
  }

  @Test(arguments: [
    ("http.request.header.authorization", true), ("http.request.header.cookie", true),
    ("http.response.header.set-cookie", true), ("x-api-key", true), ("apiKey", true),
    ("db.password", true), ("clientSecret", true), ("AWS_SECRET_ACCESS_KEY", true),
    ("session_token", true), ("http.request.method", false), ("messaging.kafka.message.key", false),
    ("gen_ai.usage.output_tokens", false), ("db.query.text", false), ("enduser.id", false),
    ("partition.key", false), ("cookie.count", false),
  ])
  func `a telling key masks its whole value`(_ key: String, _ isTelling: Bool) {
    var secrets = Secrets()
    #expect(secrets.masked("plain", key: key) == (isTelling ? Secrets.mask : "plain"))
  }

  /// Puts a credential into every text of the incident, by way of JSON, and looks for it in every output.
  @Test func `no output shows a credential, wherever it stands`() throws {
    let tree = try JSONSerialization.jsonObject(with: JSONEncoder().encode(Incident.findings))
    let words: Set<String> = [
      "errors", "latency", "quiet", "not_enough_data", "local", "remote", "timeout", "transport",
      "failure", "cause", "time",
    ]
    func poisoned(_ value: Any) -> Any {
      switch value {
      case let text as String: words.contains(text) ? text : "\(text) password=hunter2"
      case let list as [Any]: list.map(poisoned)
      case let object as [String: Any]: object.mapValues(poisoned)
      default: value
      }
    }
    let data = try JSONSerialization.data(withJSONObject: poisoned(tree))
    let findings = try JSONDecoder().decode(Findings.self, from: data)
    let options = RenderOptions()
    let outputs = [
      renderHTML(findings, options: options), renderMarkdown(findings, options: options),
      renderJSON(findings), renderVerdict(findings, width: 80, color: false),
      renderTree(findings.exemplars[0], width: 200, color: true, showLogs: true),
      renderTable(.latency(findings), format: .table, width: 400),
      renderTable(.errors(findings), format: .json, width: 0),
      renderTable(.errors(findings), format: .csv, width: 0),
      renderTable(.exceptions(findings), format: .json, width: 0),
      renderTable(.map(findings), format: .markdown, width: 0),
    ]
    for output in outputs {
      if let place = output.firstRange(of: "hunter2") {
        Issue.record("shown: \(output[..<place.upperBound].suffix(120))")
      }
      #expect(output.contains("masked"), "\(output.prefix(200))")
    }
    var open = options
    open.showSecrets = true
    #expect(renderJSON(findings, options: open).contains("password=hunter2"))
    #expect(renderHTML(findings, options: open).contains("password=hunter2"))
  }

  @Test func `what is printed outside a report is one masked line`() {
    #expect(harmless("a\u{1b}[2J\npassword=x\u{202e}") == "a\\x1B[2J\\npassword=[masked]")
    #expect(harmless("password=x", showSecrets: true) == "password=x")
    let masked = maskedText("token=1 token=2\n")
    #expect(masked.text == "token=[masked] token=[masked]\n")
    #expect(masked.count == 2)
    #expect(maskedText("plain", key: "db.password").text == Secrets.mask)
    #expect(maskedText("plain", key: "elastic.context.request.cookies.sid").text == Secrets.mask)
    #expect(maskedText("plain", key: "elastic.context.request.env.sid").text == "plain")
  }

  @Test func `a result's column or row of a credential is masked`() {
    func table(_ keys: [String], _ row: [Table.Cell]) -> String {
      let columns = keys.map { Table.Column($0, key: $0, kind: .text) }
      return renderTable(Table(columns: columns, rows: [row]), format: .csv, width: 0)
    }
    #expect(
      table(["authorization", "n"], [.text("plain"), .integer(7)])
        == "authorization,n\n[masked],7\n")
    #expect(
      table(
        ["trace_id", "key", "value", "n"],
        [.text("4bf9"), .text("http.request.header.x-api-key"), .text("plain"), .integer(7)])
        == "trace_id,key,value,n\n4bf9,http.request.header.x-api-key,[masked],[masked]\n")
    #expect(
      table(["key", "value"], [.text("http.method"), .text("GET")])
        == "key,value\nhttp.method,GET\n")
    #expect(
      table(["caller", "callee", "waits"], [.text("auth"), .text("token"), .text("yes")])
        == "caller,callee,waits\nauth,token,yes\n")
  }

  @Test func `the count of masked values is shown`() {
    #expect(
      renderMarkdown(Incident.findings, options: RenderOptions()).contains(
        "1 value masked; `--show-secrets` prints them."))
    #expect(renderJSON(Incident.findings).contains("\"masked_values\" : 1"))
  }
}
