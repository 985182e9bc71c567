import AudioCore
import Files
import Foundation
import Inference
import Synchronization
import Testing

@Suite(.enabled(if: InstalledRuntime.isThere, "ONNX Runtime is not installed"))
struct CancellationTests {
    /// A network that runs for a long time in many small steps.
    private static func slowSession() throws -> InferenceSession {
        let graph = try GraphBuilder(in: InstalledRuntime.load())
        var x = try graph.input("x", shape: [256, 256])
        for _ in 0..<4000 { x = try graph.op("MatMul", x, x) }
        try graph.output(x, named: "y", shape: [256, 256])
        return try graph.session(options: SessionOptions(optimization: .none))
    }

    @Test func aRunInFlightEndsWithACancellation() throws {
        let session = try Self.slowSession()
        let input = try Tensor([Float](repeating: 0, count: 65536), shape: [256, 256], in: session.runtime)
        let outcome = Mutex<(any Error)?>(nil)
        let ended = DispatchSemaphore(value: 0)
        let thread = Thread {
            do { _ = try session.run(["x": input], output: "y") } catch { outcome.withLock { $0 = error } }
            ended.signal()
        }
        thread.start()
        var rounds = 0
        while ended.wait(timeout: .now() + 0.05) == .timedOut, rounds < 2000 {
            session.terminateRuns()
            rounds += 1
        }
        #expect(outcome.withLock { $0 } is CancellationError)
        // The session is as good as new.
        let small = try Tensor([Float](repeating: 0, count: 4), shape: [2, 2], in: session.runtime)
        #expect(throws: AudioError.self) { try session.run(["x": small], output: "y") }
    }

    @Test func aCancelledTaskRunsNothing() async throws {
        let session = try Self.slowSession()
        let input = try Tensor([Float](repeating: 0, count: 65536), shape: [256, 256], in: session.runtime)
        let task = Task {
            while !Task.isCancelled { await Task.yield() }
            _ = try session.run(["x": input], output: "y")
        }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test func oneSessionServesSeveralThreads() throws {
        let graph = try GraphBuilder(in: InstalledRuntime.load())
        let x = try graph.input("x", shape: ["n"])
        try graph.output(graph.op("Mul", x, graph.scalar(Float(2))), named: "y", shape: ["n"])
        let session = try graph.session()
        let wrong = Mutex(0)
        DispatchQueue.concurrentPerform(iterations: 64) { index in
            let elements = [Float](repeating: Float(index), count: index + 1)
            let input = try? Tensor(elements, shape: [index + 1], in: session.runtime)
            let output = input.flatMap { try? session.run(["x": $0], output: "y").array(of: Float.self) }
            if output != elements.map({ $0 * 2 }) { wrong.withLock { $0 += 1 } }
        }
        #expect(wrong.withLock { $0 } == 0)
    }

    /// The library that is always installed knows no cards.
    @Test func saysWhereThereIsNoCard() throws {
        let runtime = try InstalledRuntime.load()
        let error = #expect(throws: AudioError.self) { try runtime.use(.cuda) }
        #expect(error?.kind == .unavailable && error?.mend.contains("onnxruntime-gpu") == true)
        #expect(runtime.device == .processor)
    }
}
