import Foundation
import Testing
import TraceIngest
import TraceModel

@Suite struct ContainerPathTests {
  private func read(_ path: String, _ text: String) async throws -> ReadLog {
    let root = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: root) }
    let file = root.appending(path: path)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: file)
    return try #require(try await collect(path: file.path).logs.first)
  }

  private let line = "2026-01-05T10:00:00.100000000Z stdout F up\n"

  @Test(arguments: [
    (
      "pods/shop_checkout-7d4b9c6f5d-x7k2p_0f1e2d3c-aaaa-bbbb-cccc-0123456789ab/app/0.log",
      "checkout"
    ),
    ("containers/db-0_shop_postgres-\(String(repeating: "ab", count: 32)).log", "db"),
    ("containers/agent-x7k2p_shop_agent-\(String(repeating: "0f", count: 32)).log", "agent"),
    ("containers/api-tests_shop_app-\(String(repeating: "0f", count: 32)).log", "api-tests"),
  ])
  func `the path of a pod's log names its workload`(path: (String, String)) async throws {
    #expect(try await read(path.0, line).service == path.1)
  }

  @Test func `Docker's path names the container, and a name in its place the service`() async throws
  {
    let entry = #"{"log":"up\n","stream":"stdout","time":"2026-01-05T10:00:00Z"}"# + "\n"
    let id = String(repeating: "ab", count: 32)
    #expect(try await read("\(id)/\(id)-json.log", entry).service == "unknown_service")
    #expect(try await read("payments-json.log", entry).service == "payments")
  }
}
