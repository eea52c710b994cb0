import Foundation
import Synchronization
import TraceEngine

/// One line on the terminal: bar, share, rate, time left. Shown from the first half second on.
final class ProgressBar: Sendable {
  private let isShown: Bool
  private let started = Date()
  private let state = Mutex((lastDrawn: Date(), isDrawn: false, isOver: false))

  init(isShown: Bool) { self.isShown = isShown }

  /// What the engine calls as bytes are read.
  var handler: ProgressHandler? {
    guard isShown else { return nil }
    return { progress in self.update(progress) }
  }

  /// Wipes the line.
  func finish() {
    state.withLock { state in
      if state.isDrawn { Console.progress("") }
      state.isDrawn = false
      state.isOver = true
    }
  }

  private func update(_ progress: IngestProgress) {
    let now = Date()
    let isDue = state.withLock { state in
      guard !state.isOver, now.timeIntervalSince(state.lastDrawn) > 0.1,
        now.timeIntervalSince(started) > 0.5
      else { return false }
      state.lastDrawn = now
      state.isDrawn = true
      return true
    }
    if isDue { Console.progress(line(progress, seconds: now.timeIntervalSince(started))) }
  }

  private func line(_ progress: IngestProgress, seconds: Double) -> String {
    let rate = Double(progress.bytesRead) / seconds
    let megabytes = { (bytes: Double) in "\(Int(bytes / 1_000_000)) MB" }
    guard let total = progress.bytesTotal, total > 0 else {
      return "\(megabytes(Double(progress.bytesRead))) read, \(megabytes(rate))/s"
    }
    let share = min(1, Double(progress.bytesRead) / Double(total))
    let filled = Int(share * 24)
    let left = rate > 0 ? Int((Double(total) - Double(progress.bytesRead)) / rate) : 0
    let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: 24 - filled)
    return "\(bar) \(Int(share * 100)) %  \(megabytes(rate))/s  \(max(0, left)) s left"
  }
}
