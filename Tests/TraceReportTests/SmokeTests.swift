import Foundation
import Testing
import TraceAnalysis
import TraceReport

@Test func smoke() throws {
  let o = RenderOptions(input: "samples/")
  let dir = URL(fileURLWithPath: "/tmp/rep")
  try FileManager.default.createDirectory(at: dir, withIntermediateDirectories: true)
  func w(_ n: String, _ t: String) throws {
    try t.write(to: dir.appendingPathComponent(n), atomically: true, encoding: .utf8)
  }
  try w("rich.html", renderHTML(Incident.findings, options: o))
  try w("rich.md", renderMarkdown(Incident.findings, options: o))
  try w("rich.json", renderJSON(Incident.findings))
  try w("empty.html", renderHTML(Findings(), options: RenderOptions()))
  try w("empty.md", renderMarkdown(Findings(), options: RenderOptions()))
  try w("v.txt", renderVerdict(Incident.findings, width: 100, color: false, options: o))
  try w(
    "tree.txt", renderTree(Incident.findings.exemplars[0], width: 140, color: false, showLogs: true)
  )
  try w(
    "treec.txt", renderTree(Incident.findings.exemplars[0], width: 140, color: true, showLogs: true)
  )
  try w("lat.txt", renderTable(.latency(Incident.findings), format: .table, width: 140))
  try w("lat.csv", renderTable(.latency(Incident.findings), format: .csv, width: 140))
  try w("lat.json", renderTable(.latency(Incident.findings), format: .json, width: 140))
}
