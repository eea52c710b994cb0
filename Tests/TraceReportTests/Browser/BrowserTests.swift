import Foundation
import Testing
import TraceAnalysis
import TraceReport

@Suite(
  .serialized,
  .enabled(if: Chromium.path != nil, "chromium is not installed: pages were not looked at"))
struct BrowserTests {
  static let pages: [(name: String, findings: Findings)] = [
    ("incident", Incident.findings), ("hostile", Hostile.findings), ("empty", Findings()),
    ("slow-days", slowDays),
  ]

  /// A verdict on latency, over three days, with traces that are not failed and no error.
  static let slowDays: Findings = {
    var findings = Incident.findings
    let day: Int64 = 86_400 * Incident.second
    findings.verdict.kind = .latency
    findings.verdict.headline =
      "Half of the slow requests' time is spent in catalog's SELECT products."
    findings.verdict.operation = findings.timeSpent[1].rows[1].operation
    findings.input.lastNs = Incident.start + 3 * day
    findings.impact.failed.count = 0
    findings.errors = []
    findings.errorGroupCount = 0
    findings.timeline = findings.timeline.enumerated().map { index, bin in
      var bin = bin
      bin.startNs = Incident.start + Int64(index) * day / 20
      bin.widthNs = day / 20
      bin.failed = 0
      return bin
    }
    findings.exemplars.removeFirst()
    return findings
  }()

  /// Pages are written here; each test removes them.
  private static let folder = FileManager.default.temporaryDirectory.appending(
    path: "culprit-pages-\(ProcessInfo.processInfo.processIdentifier)")

  private func removePages() { try? FileManager.default.removeItem(at: BrowserTests.folder) }

  /// Writes a page where a browser can open it.
  private func file(_ name: String, _ findings: Findings) throws -> URL {
    let folder = BrowserTests.folder
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let file = folder.appending(path: "\(name).html")
    let options = RenderOptions(inputs: ["samples/"])
    try Data(renderHTML(findings, options: options).utf8).write(to: file)
    return file
  }

  @Test
  func `no text is cut, pale or overlapping, nothing is on the console, nothing is requested`()
    throws
  {
    defer { removePages() }
    let browser = try Chromium()
    for (name, findings) in BrowserTests.pages {
      let file = try file(name, findings)
      for width in [1400, 420] {
        for isDark in [false, true] {
          for runsScripts in [true, false] {
            let setting = Chromium.Setting(isDark: isDark, width: width, runsScripts: runsScripts)
            try browser.open(file, setting)
            let place = "\(name), \(setting)"
            expectNone(try faults(browser), place)
            _ = try browser.evaluate(
              "document.querySelectorAll('details').forEach((d) => { d.open = true; })")
            expectNone(try faults(browser), place + ", all opened")
            expectNone(browser.complaints, place)
          }
        }
      }
    }
  }

  private func expectNone(_ faults: [String], _ place: String) {
    if !faults.isEmpty { Issue.record("\(place): \(faults.joined(separator: "; "))") }
  }

  private func faults(_ browser: Chromium) throws -> [String] {
    try #require(try browser.evaluate(boxChecker) as? [String])
  }

  @Test func `the checker sees a cut, an overlap, pale letters and a page that is too wide`() throws
  {
    defer { removePages() }
    let browser = try Chromium()
    let page = try file("empty", Findings())
    try browser.open(page, .init(isDark: false, width: 420, runsScripts: false))
    _ = try browser.evaluate(
      "document.querySelector('h1').style.cssText = 'white-space: nowrap; overflow: hidden; width: 90px'"
    )
    #expect(try faults(browser).contains { $0.hasPrefix("cut") })
    _ = try browser.evaluate(
      "document.querySelector('h2').style.cssText = 'margin-bottom: -2.2rem'")
    #expect(try faults(browser).contains { $0.hasPrefix("overlaps") })
    _ = try browser.evaluate("document.querySelector('.when').style.color = '#bbb'")
    #expect(try faults(browser).contains { $0.hasPrefix("contrast") })
    _ = try browser.evaluate("document.querySelector('footer').style.width = '900px'")
    #expect(try faults(browser).contains { $0.hasPrefix("the page is") })
  }

  @Test func `with scripts on, search, sorting, themes, keys and deep links work`() throws {
    defer { removePages() }
    let browser = try Chromium()
    try browser.open(
      file("incident", Incident.findings), .init(isDark: false, width: 1400, runsScripts: true))
    func text(_ expression: String) throws -> String {
      "\(try browser.evaluate(expression) ?? "nothing")"
    }
    // Sorting by errors puts the largest number first, then the smallest.
    let sort = """
      (() => { const t = document.querySelector('#latency table');
        const h = [...t.querySelectorAll('th')].find((h) => h.textContent.startsWith('Errors')); h.click();
        return t.rows[1].cells[9].textContent + ' ' + h.getAttribute('aria-sort') + ' ' +
          (h.click(), t.rows[1].cells[9].textContent); })()
      """
    #expect(try text(sort) == "483 descending 0")
    let search = """
      (async () => { const s = document.getElementById('search'); s.value = 'TemplateError';
        s.dispatchEvent(new Event('input')); await new Promise((done) => setTimeout(done, 300));
        return document.querySelectorAll('.card:not(.miss)').length; })()
      """
    #expect(try text(search) == "1")
    let theme = """
      (() => { const paper = () => getComputedStyle(document.body).backgroundColor; const before = paper();
        document.dispatchEvent(new KeyboardEvent('keydown', { key: 't', bubbles: true }));
        return before !== paper(); })()
      """
    #expect(try text(theme) == text("true"))
    let link = """
      (async () => { const last = [...document.querySelectorAll('details.wf')].pop(); const was = last.open;
        location.hash = last.id; await new Promise((done) => setTimeout(done, 200)); return was + ' ' + last.open; })()
      """
    #expect(try text(link) == "false true")
    let copies = "document.querySelectorAll('.command button').length > 2"
    #expect(try text(copies) == text("true"))
    #expect(browser.complaints == [])
  }
}
