import Foundation
import Testing
import TraceIngest
import TraceModel

/// The files of nginx were written by nginx 1.22.
@Suite struct AccessLogTests {
  private func severities(_ read: Collected) -> [UInt8] { read.logs.map(\.row.severity) }

  @Test func `nginx' lines with durations give their requests`() async throws {
    let read = try await collect(path: fixturePath("System/access-nginx-timed.log"))
    #expect(read.summary.formatName == "access-log")
    #expect(severities(read) == [9, 17, 13, 9])
    #expect(read.logs[0].body == "GET /index.html?q=1&x=%20 HTTP/1.1")
    #expect(read.logs[0].row.time == 1_795_577_080_000_000_000)
    #expect(
      read.logs[0].attributes
        == #"{"http.request.method":"GET","network.protocol.version":"1.1","url.path":"/index.html","url.query":"q=1&x=%20","#
        + #""http.response.status_code":200,"http.response.body.size":3,"client.address":"127.0.0.1","#
        + #""user_agent.original":"say \\x22hi\\x22","http.request.header.referer":"http://shop.test/a, b","#
        + #""http.server.request.duration":0.000}"#)
    #expect(
      read.logs[1].attributes.hasSuffix(
        #""http.server.request.duration":0.000,"nginx.upstream_response_time":"0.000, 0.000"}"#))
    #expect(read.logs[3].attributes.contains(#""user.name":"ann""#))
    let combined = try await collect(path: fixturePath("System/access-nginx-combined.log"))
    #expect(severities(combined) == [9, 17, 13, 9])
  }

  @Test func `Apache's lines may have a virtual host, no request, quotes and microseconds`()
    async throws
  {
    let read = try await collect(path: fixturePath("System/access-apache.log"))
    #expect(severities(read) == [17, 13, 9])
    #expect(read.logs.map(\.body) == ["POST /pay HTTP/1.1", "-", #"GET /a\"b HTTP/1.0"#])
    #expect(read.logs[0].row.time == 1_767_607_200_000_000_000)
    #expect(read.logs[0].attributes.contains(#""client.address":"10.0.0.9""#))
    #expect(read.logs[0].attributes.contains(#""server.address":"shop.test:443""#))
    #expect(read.logs[0].attributes.contains(#""http.server.request.duration":0.25}"#))
    #expect(read.logs[1].attributes.contains(#""http.server.request.duration":0.000015}"#))
  }

  @Test func `a load balancer's line names its trace, and what was never answered`() async throws {
    let read = try await collect(path: fixturePath("System/access-alb.log"))
    #expect(severities(read) == [9, 17])
    #expect(read.logs[0].body == "GET http://www.example.com:80/pay?x=1 HTTP/1.1")
    #expect(read.logs[0].row.trace == TraceID(text: "5833726236d228ad5d99923122bbe354"))
    #expect(read.logs[0].attributes.contains(#""url.path":"/pay""#))
    #expect(read.logs[0].attributes.contains(#""aws.alb.target_processing_time":0.001"#))
    #expect(!read.logs[1].attributes.contains("aws.alb.target_processing_time"))
    #expect(read.logs[1].row.time == 1_767_607_201_000_000_000)
  }

  @Test func `error logs of nginx and Apache give level, message and request`() async throws {
    let nginx = try await collect(path: fixturePath("System/error-nginx.log"))
    #expect(nginx.summary.formatName == "access-log")
    #expect(nginx.logs.count == 21)
    #expect(nginx.logs[7].row.severity == 17)
    #expect(
      nginx.logs[7].body
        == "connect() failed (111: Connection refused) while connecting to upstream")
    #expect(
      nginx.logs[7].attributes
        == #"{"process.pid":4196,"thread.id":4196,"nginx.connection":2,"client.address":"127.0.0.1","server.address":"shop.test","#
        + #""http.request.method":"GET","network.protocol.version":"1.1","url.path":"/api/pay","#
        + #""upstream.address":"http://127.0.0.1:18099/api/pay","http.request.header.host":"127.0.0.1:18088"}"#
    )
    #expect(nginx.count(.assumedZone) == 21)
    let apache = try await collect(path: fixturePath("System/error-apache.log"))
    #expect(apache.logs.map(\.row.severity) == [17, 10])
    #expect(apache.logs.map(\.body) == ["AH00037: link not allowed", "workerEnv.init() ok"])
    #expect(apache.logs[0].row.time == 1_767_607_200_123_456_000)
    #expect(apache.logs[1].row.time == 1_133_671_664_000_000_000)
  }
}
