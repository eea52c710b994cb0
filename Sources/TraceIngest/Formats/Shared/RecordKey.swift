/// Keys of the first level that formats are told by and loggers write; what a record is, is told by which of them it has.
enum RecordKey: Int, CaseIterable {
  case traceIDSnake, id, startTime, endTime, inProgress, subsegments, parentID, namespace, format
  case version, tracesCapital, segments, traceSummaries, services, segmentDocuments
  case documentCapital, idCapital, groups, insightSummaries, insight, unprocessedSegments
  case spansCapital, referenceID, hasFault, groupName, groupARN, insightID, group
  case insightEvents, unprocessedTraceIDs, nameCapital, retrievalStatus, spanID, traceIDCamel,
    startNano, timeNano, observedNano, rawOTel, events
  case logEvents, messageType, results, sessionUpdate, sessionResults, awslogs, records
  case recordsLower, ingestionTime, logStreamName, logGroupIdentifier, eventID, eventIDCapital
  case messageCapital, timestampCapital, atTimestamp, atMessage, atPtr, log, stream, attrs
  case realtime, journalMessage, journalPriority, eventMessage, logName, insertID, textPayload
  case jsonPayload, protoPayload, receiveTimestamp, result, err, data, body, item, items
  case eventName, notifier, accessToken, sentryEventID, sentryEventIDCamel, exception
  case exceptionCapital, entries, shortID, platform, breadcrumbs, contexts, dsn, type, record
  case time, timestamp, ts, t, date, datetime, eventTime, asctime, serilogTime, instant
  case timeMillis, timestampSeconds, timestampNanos, level, levelValue, levelno, levelname
  case severity, lvl, loglevel, logLevelSnake, logLevelDotted, logLevelCapital, serilogLevel
  case status, priority, message, msg, event, text, shortMessage, fullMessage, serilogMessage
  case serilogTemplate, serilogException, fields, error, errorType, errorMessage, errorTypeDotted
  case errorMessageDotted, errorStackDotted, errorKindDotted, errorStackShort, excInfo, stack
  case stacktrace, stackTraceSnake, stackTraceCamel, errorVerbose, exceptionName, thrown, logger
  case loggerName, loggerNameCamel, name, caller, target, service, serviceName, serviceNameSnake
  case ddService, hostname, host, pid, traceIDDotted, spanIDSnake, spanIDDotted, traceIDUpper
  case spanIDUpper, otelTraceID, otelSpanID, otelService, ddTraceID, ddSpanID, dd, traceidLower
  case spanidLower, xrayTraceID, xrayTraceIDCamel, traceparent, gcpTrace, gcpSpan, serilogTrace
  case serilogSpan, traceIDPascal, spanIDPascal, gelfTrace, gelfSpan, b3, b3Trace, b3Span
  case sentryTrace, uber, honeycombTrace, honeycombSpan, trace, span, requestID, requestIDSnake
  case awsRequestID, functionRequestID, xRequestID, reqID, environment, scopes, httpRequest
  case process, created, levelCapital, renderedMessage, messageTemplate, serviceVersion, ddVersion
  case hostNameDotted, bunyanVersion, resource, scope, severityNumber
  case severityText, attributes, flags, hits
  case resourceSpans, resourceLogs, resourceMetrics, resourceSpansSnake, resourceLogsSnake
  case resourceMetricsSnake, sessionStart, nextToken, nextForwardToken, searchedLogStreams
  case logGroup, logStream, ingestionTimeCapital, atLogStream, atLog, processor, processorEvent
  case hitSource

  /// What a key says of the record that has it.
  enum Trait {
    /// It may hold an exception.
    static let exception: UInt8 = 1
    /// It may hold a list whose elements are records (`DocumentList`).
    static let list: UInt8 = 2
    /// It names a list of an OTLP document.
    static let otlp: UInt8 = 4
    /// It may belong to an envelope of CloudWatch.
    static let cloudWatch: UInt8 = 8
  }

  /// Bits of `Trait`.
  var traits: UInt8 {
    switch self {
    case .exception, .excInfo, .stackTraceSnake, .stacktrace, .errorStackDotted, .errorStackShort,
      .errorVerbose, .serilogException, .exceptionCapital, .stack, .stackTraceCamel, .err, .error,
      .thrown, .errorTypeDotted, .errorType, .errorKindDotted, .exceptionName, .errorMessageDotted,
      .errorMessage, .fields:
      Trait.exception
    case .events, .logEvents, .results, .sessionUpdate, .records, .recordsLower:
      Trait.list | Trait.cloudWatch
    case .tracesCapital, .traceSummaries, .segmentDocuments, .services, .result, .entries, .hits,
      .data:
      Trait.list
    case .sessionStart, .awslogs, .ingestionTime, .ingestionTimeCapital, .logStreamName,
      .eventIDCapital, .id, .atMessage, .atPtr, .atLogStream, .atLog:
      Trait.cloudWatch
    case .resourceSpans, .resourceLogs, .resourceMetrics, .resourceSpansSnake, .resourceLogsSnake,
      .resourceMetricsSnake:
      Trait.otlp
    default: 0
    }
  }

  /// The key as it is written.
  var name: StaticString {
    switch self {
    case .traceIDSnake: "trace_id"
    case .id: "id"
    case .startTime: "start_time"
    case .endTime: "end_time"
    case .inProgress: "in_progress"
    case .subsegments: "subsegments"
    case .parentID: "parent_id"
    case .namespace: "namespace"
    case .format: "format"
    case .version: "version"
    case .tracesCapital: "Traces"
    case .segments: "Segments"
    case .traceSummaries: "TraceSummaries"
    case .services: "Services"
    case .segmentDocuments: "TraceSegmentDocuments"
    case .documentCapital: "Document"
    case .idCapital: "Id"
    case .groups: "Groups"
    case .insightSummaries: "InsightSummaries"
    case .insight: "Insight"
    case .unprocessedSegments: "UnprocessedTraceSegments"
    case .spansCapital: "Spans"
    case .referenceID: "ReferenceId"
    case .hasFault: "HasFault"
    case .groupName: "GroupName"
    case .groupARN: "GroupARN"
    case .insightID: "InsightId"
    case .group: "Group"
    case .insightEvents: "InsightEvents"
    case .unprocessedTraceIDs: "UnprocessedTraceIds"
    case .nameCapital: "Name"
    case .retrievalStatus: "RetrievalStatus"
    case .spanID: "spanId"
    case .traceIDCamel: "traceId"
    case .startNano: "startTimeUnixNano"
    case .timeNano: "timeUnixNano"
    case .observedNano: "observedTimeUnixNano"
    case .rawOTel: "raw_otel_json"
    case .events: "events"
    case .logEvents: "logEvents"
    case .messageType: "messageType"
    case .results: "results"
    case .sessionUpdate: "sessionUpdate"
    case .sessionResults: "sessionResults"
    case .awslogs: "awslogs"
    case .records: "Records"
    case .recordsLower: "records"
    case .ingestionTime: "ingestionTime"
    case .logStreamName: "logStreamName"
    case .logGroupIdentifier: "logGroupIdentifier"
    case .eventID: "eventId"
    case .eventIDCapital: "EventId"
    case .messageCapital: "Message"
    case .timestampCapital: "Timestamp"
    case .atTimestamp: "@timestamp"
    case .atMessage: "@message"
    case .atPtr: "@ptr"
    case .log: "log"
    case .stream: "stream"
    case .attrs: "attrs"
    case .realtime: "__REALTIME_TIMESTAMP"
    case .journalMessage: "MESSAGE"
    case .journalPriority: "PRIORITY"
    case .eventMessage: "eventMessage"
    case .logName: "logName"
    case .insertID: "insertId"
    case .textPayload: "textPayload"
    case .jsonPayload: "jsonPayload"
    case .protoPayload: "protoPayload"
    case .receiveTimestamp: "receiveTimestamp"
    case .result: "result"
    case .err: "err"
    case .data: "data"
    case .body: "body"
    case .item: "item"
    case .items: "items"
    case .eventName: "event_name"
    case .notifier: "notifier"
    case .accessToken: "access_token"
    case .sentryEventID: "event_id"
    case .sentryEventIDCamel: "eventID"
    case .exception: "exception"
    case .exceptionCapital: "Exception"
    case .entries: "entries"
    case .shortID: "shortId"
    case .platform: "platform"
    case .breadcrumbs: "breadcrumbs"
    case .contexts: "contexts"
    case .dsn: "dsn"
    case .type: "type"
    case .record: "record"
    case .time: "time"
    case .timestamp: "timestamp"
    case .ts: "ts"
    case .t: "t"
    case .date: "date"
    case .datetime: "datetime"
    case .eventTime: "eventTime"
    case .asctime: "asctime"
    case .serilogTime: "@t"
    case .instant: "instant"
    case .timeMillis: "timeMillis"
    case .timestampSeconds: "timestampSeconds"
    case .timestampNanos: "timestampNanos"
    case .level: "level"
    case .levelValue: "level_value"
    case .levelno: "levelno"
    case .levelname: "levelname"
    case .severity: "severity"
    case .lvl: "lvl"
    case .loglevel: "loglevel"
    case .logLevelSnake: "log_level"
    case .logLevelDotted: "log.level"
    case .logLevelCapital: "LogLevel"
    case .serilogLevel: "@l"
    case .status: "status"
    case .priority: "priority"
    case .message: "message"
    case .msg: "msg"
    case .event: "event"
    case .text: "text"
    case .shortMessage: "short_message"
    case .fullMessage: "full_message"
    case .serilogMessage: "@m"
    case .serilogTemplate: "@mt"
    case .serilogException: "@x"
    case .fields: "fields"
    case .error: "error"
    case .errorType: "errorType"
    case .errorMessage: "errorMessage"
    case .errorTypeDotted: "error.type"
    case .errorMessageDotted: "error.message"
    case .errorStackDotted: "error.stack_trace"
    case .errorKindDotted: "error.kind"
    case .errorStackShort: "error.stack"
    case .excInfo: "exc_info"
    case .stack: "stack"
    case .stacktrace: "stacktrace"
    case .stackTraceSnake: "stack_trace"
    case .stackTraceCamel: "stackTrace"
    case .errorVerbose: "errorVerbose"
    case .exceptionName: "exception_name"
    case .thrown: "thrown"
    case .logger: "logger"
    case .loggerName: "logger_name"
    case .loggerNameCamel: "loggerName"
    case .name: "name"
    case .caller: "caller"
    case .target: "target"
    case .service: "service"
    case .serviceName: "service.name"
    case .serviceNameSnake: "service_name"
    case .ddService: "dd.service"
    case .hostname: "hostname"
    case .host: "host"
    case .pid: "pid"
    case .traceIDDotted: "trace.id"
    case .spanIDSnake: "span_id"
    case .spanIDDotted: "span.id"
    case .traceIDUpper: "traceID"
    case .spanIDUpper: "spanID"
    case .otelTraceID: "otelTraceID"
    case .otelSpanID: "otelSpanID"
    case .otelService: "otelServiceName"
    case .ddTraceID: "dd.trace_id"
    case .ddSpanID: "dd.span_id"
    case .dd: "dd"
    case .traceidLower: "traceid"
    case .spanidLower: "spanid"
    case .xrayTraceID: "xray_trace_id"
    case .xrayTraceIDCamel: "xrayTraceId"
    case .traceparent: "traceparent"
    case .gcpTrace: "logging.googleapis.com/trace"
    case .gcpSpan: "logging.googleapis.com/spanId"
    case .serilogTrace: "@tr"
    case .serilogSpan: "@sp"
    case .traceIDPascal: "TraceId"
    case .spanIDPascal: "SpanId"
    case .gelfTrace: "_trace_id"
    case .gelfSpan: "_span_id"
    case .b3: "b3"
    case .b3Trace: "x-b3-traceid"
    case .b3Span: "x-b3-spanid"
    case .sentryTrace: "sentry-trace"
    case .uber: "uber-trace-id"
    case .honeycombTrace: "trace.trace_id"
    case .honeycombSpan: "trace.span_id"
    case .trace: "trace"
    case .span: "span"
    case .requestID: "requestId"
    case .requestIDSnake: "request_id"
    case .awsRequestID: "aws_request_id"
    case .functionRequestID: "function_request_id"
    case .xRequestID: "x-request-id"
    case .reqID: "reqId"
    case .environment: "environment"
    case .scopes: "Scopes"
    case .httpRequest: "httpRequest"
    case .process: "process"
    case .created: "created"
    case .levelCapital: "Level"
    case .renderedMessage: "RenderedMessage"
    case .messageTemplate: "MessageTemplate"
    case .serviceVersion: "service.version"
    case .ddVersion: "dd.version"
    case .hostNameDotted: "host.name"
    case .bunyanVersion: "v"
    case .resource: "resource"
    case .scope: "scope"
    case .severityNumber: "severityNumber"
    case .severityText: "severityText"
    case .attributes: "attributes"
    case .flags: "flags"
    case .hits: "hits"
    case .resourceSpans: "resourceSpans"
    case .resourceLogs: "resourceLogs"
    case .resourceMetrics: "resourceMetrics"
    case .resourceSpansSnake: "resource_spans"
    case .resourceLogsSnake: "resource_logs"
    case .resourceMetricsSnake: "resource_metrics"
    case .sessionStart: "sessionStart"
    case .nextToken: "nextToken"
    case .nextForwardToken: "nextForwardToken"
    case .searchedLogStreams: "searchedLogStreams"
    case .logGroup: "logGroup"
    case .logStream: "logStream"
    case .ingestionTimeCapital: "IngestionTime"
    case .atLogStream: "@logStream"
    case .hitSource: "_source"
    case .processor: "processor"
    case .processorEvent: "processor.event"
    case .atLog: "@log"
    }
  }
}
