// How programs in several languages speak of failures and of themselves. All texts are made up.

extension Scenario.Language {
  /// What a client says that has waited too long.
  func timedOut(after wait: Int64, callee: String) -> Scenario.Exception {
    let milliseconds = wait / 1_000_000
    let (type, message) =
      switch self {
      case .java:
        (
          "java.net.http.HttpTimeoutException",
          "request to \(callee) timed out after \(milliseconds) ms"
        )
      case .python:
        ("httpx.ReadTimeout", "timed out after \(milliseconds) ms reading from \(callee)")
      case .nodejs: ("TimeoutError", "\(callee) did not answer within \(milliseconds)ms")
      case .go: ("context.deadlineExceededError", "\(callee): context deadline exceeded")
      case .dotnet:
        (
          "System.Threading.Tasks.TaskCanceledException",
          "The request to \(callee) exceeded the timeout of \(milliseconds) ms"
        )
      }
    return Scenario.Exception(type, message, httpStatus: 504)
  }

  /// What a server says that had no slot.
  func exhausted(waited: Int64, slots: Int) -> Scenario.Exception {
    let milliseconds = waited / 1_000_000
    let (type, message) =
      switch self {
      case .java:
        (
          "java.sql.SQLTransientConnectionException",
          "HikariPool-1 - Connection is not available, request timed out after \(milliseconds)ms"
        )
      case .python:
        (
          "sqlalchemy.exc.TimeoutError",
          "QueuePool limit of size \(slots) reached, connection timed out, timeout \(milliseconds) ms"
        )
      case .nodejs:
        ("ResourceRequestTimeoutError", "pool acquire timed out after \(milliseconds)ms")
      case .go: ("errors.errorString", "semaphore: could not acquire within \(milliseconds)ms")
      case .dotnet:
        (
          "System.InvalidOperationException",
          "Timeout expired: no connection could be obtained from the pool within \(milliseconds) ms"
        )
      }
    return Scenario.Exception(type, message, httpStatus: 503)
  }

  /// What a server says that failed because its callee did.
  func wrapping(_ exception: Scenario.Exception, callee: String) -> Scenario.Exception {
    let (type, message) =
      switch self {
      case .java: ("io.grpc.StatusRuntimeException", "INTERNAL: \(exception.message)")
      case .python: ("UpstreamError", "\(callee): \(exception.message)")
      case .nodejs: ("BadGatewayError", "upstream failed: \(exception.message)")
      case .go: ("*fmt.wrapError", "call upstream: \(exception.message)")
      case .dotnet: ("System.Net.Http.HttpRequestException", "Upstream error: \(exception.message)")
      }
    return Scenario.Exception(type, message, httpStatus: exception.httpStatus)
  }

  /// What an instance says of itself.
  var chatter: [String] {
    switch self {
    case .java:
      [
        "HikariPool-1 - Pool stats (total=10, active=2, idle=8, waiting=0), checked {}",
        "GC(412) Pause Young (Normal) (G1 Evacuation Pause) 118M->61M(256M) 6.1ms, cause {}",
        "Refreshed 14 feature flags in {} us",
      ]
    case .python:
      ["worker recycled after {} requests", "model cache refreshed, {} entries"]
    case .nodejs:
      ["event loop delay p99 {} us", "config reloaded, revision {}"]
    case .go:
      ["gc {}: 0.4% of time, heap 12->7 MB", "connection to discovery renewed, lease {}"]
    case .dotnet:
      ["Thread pool has 24 workers, queue length 0, completed {}", "Options reloaded, revision {}"]
    }
  }

  /// The stack trace of an exception, as this language prints it.
  ///
  /// - Parameters:
  ///   - service: name of the service, which the made-up frames contain.
  ///   - place: span name; it decides function names and lines.
  func stackTrace(_ exception: Scenario.Exception, service: String, place: String) -> String {
    let word = String(service.filter { $0.isASCII && $0.isLetter })
    let line =
      20 + Int(mixed(UInt64(place.utf8.reduce(0) { ($0 &* 31 &+ Int($1)) & 0xffff })) % 380)
    let name = String(place.split { !($0.isASCII && $0.isLetter) }.last ?? "run").lowercased()
    let head = "\(exception.type): \(exception.message)"
    switch self {
    case .java:
      return head
        + "\n\tat com.example.\(word).\(name.capitalizedFirst)Handler.\(name)(\(name.capitalizedFirst)Handler.java:\(line))"
        + "\n\tat com.example.\(word).api.Dispatcher.invoke(Dispatcher.java:118)"
        + "\n\tat java.base/java.lang.Thread.run(Thread.java:1583)"
    case .python:
      return "Traceback (most recent call last):\n"
        + "  File \"/app/\(word)/server.py\", line 88, in dispatch\n    return await handler(request)\n"
        + "  File \"/app/\(word)/\(name).py\", line \(line), in \(name)\n    raise error\n" + head
    case .nodejs:
      return head + "\n    at \(name) (/app/src/\(word)/\(name).js:\(line):17)"
        + "\n    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)"
        + "\n    at async dispatch (/app/src/router.js:61:9)"
    case .go:
      return
        "goroutine \(line) [running]:\nexample.com/\(word)/internal.(*Server).\(name)(0xc000412a80)\n"
        + "\t/src/internal/\(name).go:\(line) +0x1d4\nmain.main.func1()\n\t/src/main.go:64 +0x8e"
    case .dotnet:
      return head
        + "\n   at \(word).Handlers.\(name)Async(Request request) in /src/Handlers/\(name).cs:line \(line)"
        + "\n   at \(word).Pipeline.InvokeAsync(HttpContext context) in /src/Pipeline.cs:line 47"
    }
  }
}

extension String {
  fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
