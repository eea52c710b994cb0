import Dispatch
import Foundation

#if canImport(Glibc)
  import Glibc
#endif

/// A headless Chromium, driven over its debugging pipe: messages are JSON, each ended by a zero byte.
///
/// - Source: Chrome DevTools Protocol, `--remote-debugging-pipe` (the browser reads descriptor 3 and writes 4).
final class Chromium {
  /// Where the browser is; nil where none is installed.
  static let path = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"]
    .first { FileManager.default.isExecutableFile(atPath: $0) }

  struct Failure: Error { var words: String }

  /// What a page looks like and whether its scripts run.
  struct Setting {
    var isDark: Bool
    var width: Int
    var runsScripts: Bool
  }

  /// Lines on the console, exceptions and requests for anything but the page itself.
  private(set) var complaints: [String] = []
  private let process = Process()
  private let input = Pipe()
  private let output = Pipe()
  private var waiting = Data()
  private var session: String?
  private var lastID = 0
  private var isLoaded = false
  private var page = ""

  init() throws {
    guard let path = Chromium.path else { throw Failure(words: "no browser") }
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = [
      "-c", "exec \"$0\" \"$@\" 3<&0 4>&1 0</dev/null 1>/dev/null 2>/dev/null", path,
      "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
      "--hide-scrollbars", "--remote-debugging-pipe", "about:blank",
    ]
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    // A browser that hangs must not hang the tests: its end closes the pipe.
    let pid = process.processIdentifier
    DispatchQueue.global().asyncAfter(deadline: .now() + 300) { kill(pid, SIGKILL) }
    let target = try call("Target.createTarget", ["url": "about:blank"])
    let attached = try call(
      "Target.attachToTarget", ["targetId": target["targetId"] ?? "", "flatten": true])
    session = attached["sessionId"] as? String
    for domain in ["Page", "Runtime", "Log", "Network"] { _ = try call("\(domain).enable") }
  }

  deinit { process.terminate() }

  /// Opens a file and waits until it is loaded.
  func open(_ file: URL, _ setting: Setting) throws {
    complaints = []
    page = file.absoluteString
    isLoaded = false
    _ = try call(
      "Emulation.setDeviceMetricsOverride",
      ["width": setting.width, "height": 900, "deviceScaleFactor": 1, "mobile": false])
    let scheme = ["name": "prefers-color-scheme", "value": setting.isDark ? "dark" : "light"]
    let motion = ["name": "prefers-reduced-motion", "value": "reduce"]
    _ = try call("Emulation.setEmulatedMedia", ["features": [scheme, motion]])
    _ = try call("Emulation.setScriptExecutionDisabled", ["value": !setting.runsScripts])
    _ = try call("Page.navigate", ["url": page])
    while !isLoaded { try note(receive()) }
  }

  /// The value of an expression on the page; works with the page's own scripts off as well.
  func evaluate(_ expression: String) throws -> Any? {
    let answer = try call(
      "Runtime.evaluate",
      ["expression": expression, "returnByValue": true, "awaitPromise": true])
    if let fault = answer["exceptionDetails"] as? [String: Any] {
      throw Failure(words: "\(fault)")
    }
    return (answer["result"] as? [String: Any])?["value"]
  }

  private func call(_ method: String, _ parameters: [String: Any] = [:]) throws -> [String: Any] {
    lastID += 1
    var message: [String: Any] = ["id": lastID, "method": method, "params": parameters]
    if let session { message["sessionId"] = session }
    try input.fileHandleForWriting.write(
      contentsOf: JSONSerialization.data(withJSONObject: message) + [0])
    while true {
      let answer = try receive()
      guard answer["id"] as? Int == lastID else {
        note(answer)
        continue
      }
      if let error = answer["error"] { throw Failure(words: "\(method): \(error)") }
      return answer["result"] as? [String: Any] ?? [:]
    }
  }

  private func receive() throws -> [String: Any] {
    while true {
      if let end = waiting.firstIndex(of: 0) {
        let message = waiting[..<end]
        waiting = Data(waiting[(end + 1)...])
        return try JSONSerialization.jsonObject(with: message) as? [String: Any] ?? [:]
      }
      let more = output.fileHandleForReading.availableData
      if more.isEmpty { throw Failure(words: "the browser ended") }
      waiting += more
    }
  }

  private func note(_ event: [String: Any]) {
    let parameters = event["params"] as? [String: Any] ?? [:]
    switch event["method"] as? String {
    case "Page.loadEventFired": isLoaded = true
    case "Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded":
      complaints.append("\(parameters)")
    case "Network.requestWillBeSent":
      let url = (parameters["request"] as? [String: Any])?["url"] as? String ?? ""
      if url != page { complaints.append("request: \(url)") }
    default: break
    }
  }
}
