import Testing
import TraceAnalysis
import TraceModel

struct ServiceGraphTests {
  @Test func `services, peers and the calls between them are counted where they enter`() throws {
    var shop = Shop()
    for number in 0..<8 as Range<Int64> {
      shop.request(at: number * 1000, number == 0 ? .databaseFails : .fine)
    }
    let map = shop.findings().findings.map
    #expect(map.nodes.map(\.name) == ["payment", "web", "db"])
    #expect(map.nodes.map(\.isPeer) == [false, false, true])
    #expect(map.nodes.map(\.requests) == [8, 8, 8])
    #expect(map.nodes.map(\.errors) == [1, 1, 1])
    #expect(map.nodes.map(\.origins) == [1, 0, 0])
    #expect(map.nodes.map(\.p50Ns) == [88, 100, 86].map { $0 * Shop.ms })
    #expect(map.nodes[0].p95Ns == nil)
    // Payment: 2 ms around the query and the query itself; web: 10 ms, and 2 ms around the call.
    #expect(map.nodes.map(\.selfNs) == [8 * 88, 8 * 12, 0].map { $0 * Shop.ms })
    #expect(map.edges.map(\.caller) == ["payment", "web"])
    #expect(map.edges.map(\.callee) == ["db", "payment"])
    #expect(map.edges.map(\.requests) == [8, 8])
    #expect(map.edges.map(\.errors) == [1, 1])
    #expect(map.nodeCount == 3 && map.edgeCount == 2)
  }

  @Test func `a call that its own service took apart is a call to its peer still`() {
    var shop = Shop()
    let root = shop.add("web", .server, "GET /", 0, 100)
    let call = shop.add("web", .client, "DynamoDB.PutItem", 10, 90, root, peer: "cart@DynamoDB")
    let attempt = shop.add("web", .internal, "attempt", 20, 80, call)
    shop.add("web", .internal, "dial", 30, 40, attempt)
    let outer = shop.add("web", .client, "fetch", 91, 99, root, peer: "bank")
    shop.add("web", .client, "GET bank", 92, 98, outer, peer: "bank")
    shop.finish()
    let map = shop.findings().findings.map
    #expect(map.edges.map(\.callee) == ["bank", "cart@DynamoDB"])
    #expect(map.edges.map(\.requests) == [1, 1])
  }

  @Test func `a request that two segments of a service saw is one request`() {
    var shop = Shop()
    let gateway = shop.add("gateway", .server, "GET /", 0, 100)
    let call = shop.add("gateway", .client, "Lambda.Invoke", 10, 90, gateway)
    let invoke = shop.add("fn", .server, "Invoke fn", 20, 80, call)
    shop.add("fn", .server, "fn", 30, 70, invoke)
    shop.finish()
    let map = shop.findings().findings.map
    #expect(map.nodes.map(\.name) == ["fn", "gateway"])
    #expect(map.nodes.map(\.requests) == [1, 1])
  }

  @Test func `a message is a detached edge, and a peer that sends spans is a service`() {
    var shop = Shop()
    let root = shop.add("web", .server, "GET /", 0, 100)
    let send = shop.add("web", .producer, "send", 10, 20, root)
    shop.add("mailer", .consumer, "mail", 30, 400, send)
    shop.add("web", .client, "ask", 40, 60, root, isError: true, peer: "mailer")
    shop.add("web", .producer, "log", 70, 71, root, peer: "queue")
    shop.finish()
    let map = shop.findings().findings.map
    #expect(map.nodes.map(\.name) == ["mailer", "web", "queue"])
    #expect(map.edges.map(\.callee) == ["mailer", "mailer", "queue"])
    #expect(map.edges.map(\.isDetached) == [false, true, true])
    #expect(map.edges.map(\.errors) == [1, 0, 0])
  }
}
