import Testing
import TraceIngest
import TraceModel

/// Display names and other ends, as formats/traces.md 1.10 builds them.
@Suite struct OperationNameTests {
  @Test func `a name that says too little is built from the attributes`() async throws {
    let spans = try await collect(path: fixturePath("names-and-peers.json")).spans
    #expect(
      spans.map(\.operation) == [
        "GET /cart/{id}", "POST pay.svc", "GET", "SELECT orders", "oteldemo.Cart/GetItem",
        "publish orders", "GET", "checkout", "checkout",
      ])
    #expect(spans[0].detail == #"{"name":"GET"}"#)
    #expect(spans[6].detail.isEmpty)
  }

  @Test func `the other end is named for clients and producers alone`() async throws {
    let spans = try await collect(path: fixturePath("names-and-peers.json")).spans
    #expect(
      spans.map(\.peer) == [
        "", "pay.svc", "", "shop@pg", "", "orders", "10.0.0.1:6379", "payment", "",
      ])
  }
}
