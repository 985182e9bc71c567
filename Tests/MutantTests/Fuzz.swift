// Built by `make fuzz` only: libFuzzer hands over bytes that it makes from what the code does with them.
#if FUZZING
    import Foundation
    import MediaIO

    /// libFuzzer's own `main` is not used: SwiftPM gives an executable's another name.
    @_silgen_name("LLVMFuzzerRunDriver")
    private func runFuzzer(
        _ count: UnsafeMutablePointer<CInt>,
        _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
        _ read: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
    ) -> CInt

    @main
    enum Fuzz {
        private static let environment = ProcessInfo.processInfo.environment

        /// FUZZ_READER names a reader of `Reader.all`, or "media".
        private static let reader: Reader = {
            let name = environment["FUZZ_READER"] ?? ""
            let media = Reader("media", .bytes, files: MediaSeeds.files.map(\.bytes), extension: "bin") { file in
                try readMedia(file, with: FFmpegMedia())
            }
            guard let reader = (Reader.all + [media]).first(where: { $0.name == name }) else {
                print("FUZZ_READER is none of media, \(Reader.all.map(\.name).joined(separator: ", "))")
                exit(64)
            }
            return reader
        }()

        static func main() throws {
            // Sound files to begin with.
            if let corpus = environment["FUZZ_CORPUS"] {
                for (index, seed) in reader.seeds.enumerated() {
                    try Data(seed).write(to: URL(fileURLWithPath: corpus).appendingPathComponent("seed-\(index)"))
                }
            }
            var count = CommandLine.argc
            var arguments = CommandLine.unsafeArgv
            exit(
                runFuzzer(&count, &arguments) { start, count in
                    // A sentence is as good as success.
                    try? Fuzz.reader.read(Array(UnsafeBufferPointer(start: start, count: count)))
                    return 0
                })
        }
    }
#endif
