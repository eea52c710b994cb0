import Foundation
import Testing
import TraceSimulator

struct SampleFolderTests {
  private var samples: URL {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("samples")
  }

  @Test func `the files in samples are what the generator writes now`() throws {
    let incident = Incident.checkoutOutageFolder()
    let folder = samples.appendingPathComponent("checkout-outage")
    let names = try FileManager.default.subpathsOfDirectory(atPath: folder.path).filter {
      try folder.appendingPathComponent($0).resourceValues(forKeys: [.isDirectoryKey]).isDirectory
        == false
    }
    #expect(names.sorted() == incident.files.map(\.name).sorted())
    for file in incident.files {
      let stored = try Data(contentsOf: folder.appendingPathComponent(file.name))
      #expect(Array(stored) == file.bytes, "\(file.name)")
    }
    let truth = try Data(
      contentsOf: samples.appendingPathComponent("checkout-outage.truth.json"))
    #expect(String(decoding: truth, as: UTF8.self) == incident.truth.json)
  }

  @Test func `the sample holds what it promises in at most three megabytes`() {
    let incident = Incident.checkoutOutageFolder()
    let truth = incident.truth
    #expect(incident.files.reduce(0) { $0 + $1.bytes.count } <= 3 << 20)
    #expect(truth.faultService == "inventory")
    #expect(truth.origin?.name == "UPDATE stock_reservations")
    #expect(truth.endpoint?.name == "POST /checkout")
    #expect(Set(truth.path.map(\.service)).count == 3)
    #expect(truth.wrongClocks.map(\.offsetNs) == [-400_000_000])
    #expect(truth.savedByRetry > 0 && truth.savedRequests > truth.savedByRetry)
    #expect(truth.orphans > 0 && truth.repeatedSpans > 0 && truth.probes > 0)
    #expect(truth.brokenTraceLines == 4 && truth.brokenLogLines == 1)
  }
}
