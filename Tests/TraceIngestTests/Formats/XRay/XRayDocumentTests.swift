import Foundation
import Testing
import TraceIngest
import TraceModel

/// Segment documents → spans.
@Suite struct XRayDocumentTests {
  private static let trace = "1-581cf771-a006649127e371903a2de979"

  /// The spans of one document, whose quotes are written as `'`.
  private func read(_ document: String) async throws -> Collected {
    try await collect(bytes: Array(document.replacing("'", with: "\"").utf8))
  }

  /// A segment with more members.
  private func segment(_ more: String) -> String {
    """
    {'trace_id':'\(Self.trace)','id':'70de5b6f19ff9a0a','name':'shop','start_time':1478293361.271,\
    'end_time':1478293361.449\(more.isEmpty ? "" : ","+more)}
    """
  }

  private func json(_ text: String) throws -> [String: Any] {
    let value = try JSONSerialization.jsonObject(with: Data((text.isEmpty ? "{}" : text).utf8))
    return try #require(value as? [String: Any])
  }

  @Test func `a segment is the SERVER span of the service it names`() async throws {
    let read = try await read(segment(""))
    let span = try #require(read.spans.first)
    #expect(span.row.trace.description == "581cf771a006649127e371903a2de979")
    #expect(span.row.id.description == "70de5b6f19ff9a0a" && span.row.parent.isAbsent)
    #expect(span.row.start == 1_478_293_361_271_000_000)
    #expect(span.row.end == 1_478_293_361_449_000_000)
    #expect(span.row.facts.kind == .server && span.row.facts.status == .unset)
    #expect(span.service == "shop" && span.operation == "shop" && span.detail.isEmpty)
    #expect(read.summary.defects.isEmpty && read.addsUp)
  }

  @Test(
    arguments: [
      ("1.478293361271E9", 1_478_293_361_271_000_000),
      ("'1478293361.271'", 1_478_293_361_271_000_000),
      ("1478293361", 1_478_293_361_000_000_000), ("1478293361271", 1_478_293_361_271_000_000),
      ("'2016-11-04T21:02:41.271Z'", 1_478_293_361_271_000_000),
      ("1461096053.37518", 1_461_096_053_375_180_000), ("7", 7_000_000_000),
    ] as [(String, Int64)])
  func `times are decimals of seconds, as numbers or text`(written: String, ns: Int64) async throws
  {
    let read = try await read(
      "{'trace_id':'\(Self.trace)','id':'70de5b6f19ff9a0a','name':'a','start_time':\(written),'end_time':\(written)}"
    )
    #expect(read.spans.first?.row.start == ns)
    #expect(read.count(.oddTime) == 0)
  }

  @Test(arguments: ["-1.5", "0", "'soon'", "1e300", "18446744073709551615", "true", "[1]"])
  func `an odd time is unknown, counted and kept`(written: String) async throws {
    let read = try await read(
      "{'trace_id':'\(Self.trace)','id':'70de5b6f19ff9a0a','name':'a','start_time':\(written),'end_time':5}"
    )
    let span = try #require(read.spans.first)
    #expect(span.row.facts[.unknownStart])
    #expect(read.count(.oddTime) + read.count(.wrongType) == 1)
    #expect(try json(span.detail)["unknown"] != nil)
  }

  @Test func `subsegments share their segment's service and hang where they are embedded`()
    async throws
  {
    let read = try await read(
      segment(
        """
        'subsegments':[{'id':'1111111111111111','name':'## pay','start_time':1,'end_time':2,\
        'parent_id':'9999999999999999','subsegments':[\
        {'id':'2222222222222222','name':'DynamoDB','namespace':'aws','start_time':1,'end_time':2,\
        'aws':{'operation':'GetItem','table_name':'cart','retries':2}},\
        {'id':'3333333333333333','name':'bank.example','namespace':'remote','start_time':1,\
        'end_time':2,'http':{'request':{'method':'POST','url':'https://bank.example/pay/17'},\
        'response':{'status':503,'content_length':'12'}}}]}]
        """))
    #expect(read.spans.map(\.service) == ["shop", "shop", "shop", "shop"])
    #expect(read.spans.map(\.row.facts.kind) == [.server, .internal, .client, .client])
    #expect(
      read.spans.map(\.row.parent.description) == [
        "0000000000000000", "70de5b6f19ff9a0a", "1111111111111111", "1111111111111111",
      ])
    #expect(
      read.spans.map(\.operation) == ["shop", "## pay", "DynamoDB.GetItem", "POST bank.example"])
    #expect(read.spans.map(\.peer) == ["", "", "cart@DynamoDB", "bank.example"])
    let aws = try json(read.spans[2].attributes)
    #expect(aws["aws.service"] as? String == "DynamoDB" && aws["aws.retries"] as? Int == 2)
    let http = try json(read.spans[3].attributes)
    #expect(http["http.response.status_code"] as? Int == 503)
    #expect(http["http.response.body.size"] as? Int == 12)
    #expect(http["url.full"] as? String == "https://bank.example/pay/17")
    #expect(read.spans[3].row.facts.httpStatus == 503)
  }

  @Test(
    arguments: [
      ("'fault':true", true, ["aws.xray.fault"]),
      (
        "'error':true,'throttle':true,'fault':true", true,
        ["aws.xray.error", "aws.xray.fault", "aws.xray.throttle"]
      ),
      ("'error':false,'fault':false,'throttle':false", false, []),
      ("'cause':{}", false, []), ("'cause':{'exceptions':[]}", false, []),
      ("'cause':{'exceptions':[{'type':'E'}]}", true, []),
      ("'fault':false,'cause':{'exceptions':[{'type':'E'}]}", false, []),
    ] as [(String, Bool, [String])])
  func `fault, error and throttle are kept apart, and a cause alone is a failure`(
    members: String, isError: Bool, keys: [String]
  ) async throws {
    let span = try #require(try await read(segment(members)).spans.first)
    #expect((span.row.facts.status == .error) == isError)
    #expect(try json(span.attributes).keys.sorted() == keys)
  }

  @Test func `exceptions become events with the text of their stack and its frames`() async throws {
    let read = try await read(
      segment(
        """
        'fault':true,'cause':{'working_directory':'/app','paths':[],'exceptions':[\
        {'id':'1000000000000001','type':'IOError','message':'disk','remote':true,\
        'stack':[{'path':'a.py','line':7,'label':'write'},{'label':'main'}]},\
        {'id':'1000000000000002','type':'PayError','message':'no','cause':'1000000000000001',\
        'truncated':3}]}
        """))
    let span = try #require(read.spans.first)
    // The outermost is the one that no other was caused by.
    #expect(span.errorType == "PayError" && span.row.facts[.exception])
    let events = try #require(try json(span.detail)["events"] as? [[String: Any]])
    #expect(events.map { $0["name"] as? String } == ["exception", "exception"])
    let first = try #require(events[0]["attributes"] as? [String: Any])
    #expect(first["exception.type"] as? String == "IOError")
    #expect(first["exception.message"] as? String == "disk")
    #expect(
      first["exception.stacktrace"] as? String
        == "IOError: disk\n    at write (a.py:7)\n    at main")
    #expect(first["aws.xray.exception.remote"] as? Bool == true)
    let frames = try #require(events[0]["frames"] as? [[String: Any]])
    #expect(frames.map { $0["function"] as? String } == ["write", "main"])
    #expect(frames[0]["file"] as? String == "a.py" && frames[0]["line"] as? Int == 7)
    let second = try #require(events[1]["attributes"] as? [String: Any])
    #expect(second["aws.xray.exception.cause"] as? String == "1000000000000001")
    #expect(try json(span.attributes)["aws.xray.cause.working_directory"] as? String == "/app")
  }

  @Test func `a cause given as an id takes over the exception that it names`() async throws {
    let read = try await read(
      segment(
        """
        'fault':true,'cause':'1000000000000001','subsegments':[{'id':'1111111111111111',\
        'name':'pay','start_time':1,'end_time':2,'fault':true,'cause':{'exceptions':[\
        {'id':'1000000000000001','type':'CardError','message':'declined'}]}}]
        """))
    #expect(read.spans.map(\.errorType) == ["CardError", "CardError"])
    #expect(read.spans[0].row.facts.messageHash == read.spans[1].row.facts.messageHash)
    #expect(read.spans[0].row.facts.messageHash != 0)
    #expect(!read.spans[0].row.facts[.exception])
    #expect(try json(read.spans[0].detail)["status_message"] as? String == "declined")
  }

  @Test func `an in-progress copy has no end`() async throws {
    let read = try await read(
      "{'trace_id':'\(Self.trace)','id':'70de5b6f19ff9a0a','name':'a','start_time':5,'in_progress':true}"
    )
    #expect(read.spans.first?.row.facts[.unknownEnd] == true)
    #expect(try json(read.spans[0].attributes)["aws.xray.inprogress"] as? Bool == true)
  }

  @Test func `an inferred segment is marked, counted, and names the remote end`() async throws {
    let read = try await read(
      segment(
        "'parent_id':'2222222222222222','inferred':true,'origin':'AWS::S3::Bucket','aws':{'bucket_name':'images'}"
      ))
    #expect(read.spans[0].row.facts[.inferred] && read.count(.inferredSegment) == 1)
    #expect(read.spans[0].peer == "images@shop")
  }

  @Test func `a subsegment sent alone says that its segment is elsewhere`() async throws {
    let read = try await read(segment("'type':'subsegment','parent_id':'2222222222222222'"))
    #expect(read.spans[0].service == Resource.elsewhere)
    #expect(read.spans[0].row.facts.kind == .internal)
  }

  @Test func `a subsegment quoted alone is stored without a trace`() async throws {
    let read = try await read(
      "{'id':'24756640c0d0978a','name':'S3','namespace':'aws','start_time':5,'end_time':6,'subsegments':[]}"
    )
    #expect(read.spans[0].row.trace.isAbsent && read.count(.quotedSubsegment) == 1)
    #expect(read.spans[0].row.facts.kind == .client)
  }

  @Test func `blocks of the host go to the resource under OpenTelemetry's names`() async throws {
    let read = try await read(
      segment(
        """
        'origin':'AWS::EC2::Instance','resource_arn':'arn:x','service':{'version':'1.2'},\
        'aws':{'account_id':'12','ec2':{'instance_id':'i-1','availability_zone':'eu-1a','x':1},\
        'ecs':{'container':'c-1'},'xray':{'sdk':'X-Ray for Java','sdk_version':'2'},\
        'cloudwatch_logs':[{'log_group':'g1'},{'log_group':'g2'}],'request_id':'r-1'}
        """))
    let span = read.spans[0]
    #expect(span.host == "i-1" && span.instance == "c-1" && span.version == "1.2")
    let resource = try json(span.resource)
    #expect(resource["cloud.account.id"] as? String == "12")
    #expect(resource["cloud.platform"] as? String == "aws_ec2")
    #expect(resource["telemetry.sdk.language"] as? String == "java")
    #expect(resource["aws.log.group.names"] as? [String] == ["g1", "g2"])
    #expect(resource["aws.ec2.x"] as? Int == 1)
    #expect(try json(span.attributes)["aws.request_id"] as? String == "r-1")
  }

  @Test func `a function's segments are told apart, and a cold start is seen`() async throws {
    let first = try await read(segment("'origin':'AWS::Lambda'"))
    #expect(first.spans[0].operation == "Invoke shop")
    let second = try await read(
      segment(
        """
        'origin':'AWS::Lambda::Function','aws':{'request_id':'r'},'subsegments':[\
        {'id':'1111111111111111','name':'Initialization','start_time':1,'end_time':2}]
        """))
    #expect(second.spans[0].operation == "shop")
    let attributes = try json(second.spans[0].attributes)
    #expect(attributes["faas.coldstart"] as? Bool == true)
    #expect(attributes["faas.invocation_id"] as? String == "r")
  }

  @Test func `annotations are attributes, metadata keep their namespace, users are named`()
    async throws
  {
    let read = try await read(
      segment(
        """
        'user':'u1','annotations':{'tier':'gold','n':3,'enduser.id':'other'},\
        'metadata':{'debug':{'a':[1,{'b':2}]},'default':{'k':'v'}},'Dummy':false
        """))
    let attributes = try json(read.spans[0].attributes)
    #expect(attributes["enduser.id"] as? String == "u1")
    #expect(attributes["tier"] as? String == "gold" && attributes["n"] as? Int == 3)
    #expect(attributes["aws.xray.annotation.enduser.id"] as? String == "other")
    #expect(attributes["aws.xray.annotations"] as? [String] == ["tier", "n", "enduser.id"])
    #expect((attributes["aws.xray.metadata.debug"] as? [String: Any])?["a"] != nil)
    let unknown = try json(read.spans[0].detail)["unknown"] as? [String: Any]
    #expect(unknown?["Dummy"] as? Bool == false)
  }

  @Test func `links lead to other traces, precursors to siblings, and make a consumer`()
    async throws
  {
    let read = try await read(
      segment(
        """
        'links':[{'trace_id':'1-5759e988-bd862e3fe1be46a994272793','id':'aaaaaaaaaaaaaaaa',\
        'attributes':{'sqs':true}}],'precursor_ids':['bbbbbbbbbbbbbbbb']
        """))
    #expect(read.spans[0].row.facts.kind == .consumer)
    let links = try #require(try json(read.spans[0].detail)["links"] as? [[String: Any]])
    #expect(
      links.map { $0["trace_id"] as? String } == [
        "5759e988bd862e3fe1be46a994272793", "581cf771a006649127e371903a2de979",
      ])
    #expect(links.map { $0["span_id"] as? String } == ["aaaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbbb"])
  }

  @Test func `a query names its verb and database`() async throws {
    let read = try await read(
      segment(
        """
        'type':'subsegment','namespace':'remote','sql':{'url':'jdbc:postgresql://db.example:5432/ebdb?x=1',\
        'sanitized_query':'SELECT * FROM customers','database_type':'PostgreSQL','user':'dbuser'}
        """))
    let span = read.spans[0]
    #expect(span.operation == "SELECT ebdb" && span.peer == "ebdb@db.example")
    let attributes = try json(span.attributes)
    #expect(attributes["server.port"] as? Int == 5432)
    #expect(attributes["db.query.text"] as? String == "SELECT * FROM customers")
    #expect(attributes["db.system.name"] as? String == "PostgreSQL")
  }

  @Test(arguments: [
    ("https://a.example/api/user", "GET /api/user"),
    (
      "https://a.example/api/game/VSAE93HF/starttime/1568835513",
      "GET /api/game/{id}/starttime/{id}"
    ),
    ("https://a.example/o/3f2b1c9a-5d6e-4f70-8a9b-0c1d2e3f4a5b/v2", "GET /o/{id}/v2"),
    ("https://u:p@[::1]:80/x?q=1#f", "GET /x"), ("/health", "GET /health"),
    ("nonsense", "shop"),
  ])
  func `a segment's operation is its method and path without ids`(url: String, operation: String)
    async throws
  {
    let read = try await read(segment("'http':{'request':{'method':'GET','url':'\(url)'}}"))
    #expect(read.spans[0].operation == operation)
    #expect(read.spans[0].row.facts[.probe] == (operation == "GET /health"))
  }

  @Test func `members of other types are counted and kept raw`() async throws {
    let read = try await read(
      segment(
        """
        'http':'x','aws':[1],'sql':7,'metadata':'m','annotations':3,'cause':9,'error':'yes',\
        'namespace':'odd','subsegments':[7,'1111111111111111',{}]
        """))
    #expect(read.addsUp && read.spans.count == 2)
    #expect(read.summary.spansSeen == 4)
    let unknown = try #require(try json(read.spans[0].detail)["unknown"] as? [String: Any])
    #expect(
      unknown.keys.sorted() == [
        "annotations", "aws", "cause", "error", "http", "metadata", "namespace", "sql",
      ])
  }

  @Test func `a thousand levels of subsegments are read without recursion`() async throws {
    var text = "{'id':'1111111111111111','name':'x','start_time':1,'end_time':2}"
    for _ in 0..<400 {
      text =
        "{'id':'2222222222222222','name':'y','start_time':1,'end_time':2,'subsegments':[\(text)]}"
    }
    let read = try await read(segment("'subsegments':[\(text)]"))
    #expect(read.spans.count == 402 && read.addsUp)
  }
}
