// Built by `make fuzz` only: libFuzzer calls what stands here, with bytes that it makes from what the code does.
#if FUZZING
    import Foundation
    import MediaIO

    /// FUZZ_READER names a reader of `Reader.all`, or "media".
    private let chosen: (@Sendable ([UInt8]) throws -> Void) = {
        let name = ProcessInfo.processInfo.environment["FUZZ_READER"] ?? ""
        if name == "media" {
            return Reader("media", .bytes, files: [], extension: "bin") { try readMedia($0, with: FFmpegMedia()) }.read
        }
        guard let reader = Reader.all.first(where: { $0.name == name }) else {
            print("FUZZ_READER names none of media, \(Reader.all.map(\.name).joined(separator: ", "))")
            exit(64)
        }
        return reader.read
    }()

    @_cdecl("LLVMFuzzerInitialize")
    public func initializeFuzzer(
        _ count: UnsafeMutableRawPointer, _ arguments: UnsafeMutableRawPointer
    ) -> CInt {
        // Sound files to begin with.
        guard let path = ProcessInfo.processInfo.environment["FUZZ_SEEDS"] else { return 0 }
        let folder = URL(fileURLWithPath: path)
        let name = ProcessInfo.processInfo.environment["FUZZ_READER"] ?? ""
        let seeds = name == "media" ? MediaSeeds.files.map(\.bytes) : Reader.all.first { $0.name == name }?.seeds ?? []
        try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for (index, seed) in seeds.enumerated() {
            try? Data(seed).write(to: folder.appendingPathComponent("seed-\(index)"))
        }
        return 0
    }

    @_cdecl("LLVMFuzzerTestOneInput")
    public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
        // A sentence is as good as success.
        try? chosen(Array(UnsafeBufferPointer(start: start, count: count)))
        return 0
    }
#endif
