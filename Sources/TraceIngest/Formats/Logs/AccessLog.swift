import TraceModel

extension Decoder {
  /// A line of a web server's or load balancer's log (formats/logs.md 7.3); false where it is none.
  mutating func accessLine(_ bytes: Bytes, _ envelope: Envelope) -> Bool { false }
}
