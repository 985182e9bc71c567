import AudioCore
import Foundation
import Testing

@testable import Pipeline

@Suite struct ReplaceRequestTests {
    private func request(_ input: String, output: String? = nil, exact: Bool = false) -> ReplaceRequest {
        ReplaceRequest(
            input: URL(fileURLWithPath: input), voices: [VoiceChoice(speaker: nil, voice: "jf_alpha")],
            output: output.map { URL(fileURLWithPath: $0) }, isExact: exact, overwrites: false,
            knowledge: ProgrammeKnowledge(), overlap: .keep, pitch: .own, uncertain: .keep)
    }

    @Test(arguments: [
        ("/a/Folge 1.mp3", false, "/a/Folge 1.jf_alpha.mp3"), ("/a/b.mp3", true, "/a/b.jf_alpha.flac"),
        ("/a/b.wma", false, "/a/b.jf_alpha.flac"), ("/a/b.MP4", false, "/a/b.jf_alpha.flac"),
    ])
    func theOutputLiesBesideTheInput(_ input: String, _ exact: Bool, _ output: String) {
        #expect(request(input, exact: exact).destination.path == output)
    }

    @Test func whatCannotBeWrittenIsRefusedBeforeAnyWork() {
        let folder = FileManager.default.temporaryDirectory.path
        func kind(_ request: ReplaceRequest) -> AudioError.Kind? {
            #expect(throws: AudioError.self) { try request.check() }?.kind
        }
        #expect(kind(request("/a/b.wav", output: "\(folder)/x.doc")) == .usage)
        #expect(kind(request("/a/b.wav", output: "\(folder)/x.mp3", exact: true)) == .usage)
        #expect(kind(request("\(folder)/b.wav", output: "\(folder)/b.wav")) == .cannotCreate)
        #expect(kind(request("/a/b.wav", output: "/no/such/folder/x.wav")) == .cannotCreate)
        // A folder that looks writable and takes no files.
        #expect(kind(request("/a/b.wav", output: "/proc/x.wav")) == .cannotCreate)
        #expect(
            kind(request("/a/b.wav", output: "\(folder)/" + String(repeating: "x", count: 250) + ".wav"))
                == .cannotCreate)
    }
}
